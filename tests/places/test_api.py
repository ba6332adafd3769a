"""Areas for programs."""

from rembuk.places import store
from tests.clients import Client


async def test_areas_by_level_and_parent(client: Client) -> None:
    """P: areas by level and parent, each with its code as text, and whose borders they are."""
    await store.load_pack("32.73")
    kecamatan = (await client.get("/api/v1/areas?level=kecamatan")).json()
    assert len(kecamatan["areas"]) == 30
    assert "OCHA" in kecamatan["attribution"]
    below = (await client.get("/api/v1/areas?parent=32.73.18.1001")).json()["areas"]
    assert [area["name"] for area in below][:3] == ["RW 01", "RW 03", "RW 04"]
    assert (await client.get("/api/v1/areas?level=desa")).status_code in (400, 422)
    assert len((await client.get("/api/v1/areas")).json()["areas"]) == 1777


async def test_one_area_with_its_figures(client: Client) -> None:
    """P: one area with what is under it and its figures with year and source; an unknown one is 404."""
    await store.load_pack("32.73")
    found = (await client.get("/api/v1/areas/32.73.22.1001")).json()
    assert found["area"]["title"] == "Kelurahan Sekejati"
    population = next(figure for figure in found["figures"] if figure["name"] == "population")
    assert population["amount"] == 25998
    assert population["flag"]
    assert (await client.get("/api/v1/areas/99.99")).status_code == 404
