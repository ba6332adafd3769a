"""Opening an exported box on a machine without a database or a network: the file and the trustees' words, no more."""

from collections.abc import Sequence

from rembuk.results.store.counting import contest_of
from rembuk.voting.agreement import agreed
from rembuk.voting.box import open_box, read_box
from rembuk.voting.keys import BrokenShares, join, public_of
from rembuk.voting.opening import opened_file


def opened_offline(file: bytes, shares: Sequence[str]) -> bytes:
    """The opened file of an exported box; raises ValueError in words for another file, key or missing words."""
    box = read_box(file)
    if not box.config:
        raise ValueError("the box carries no configuration: export it anew")
    agreement, secret = agreed(box.config), join(shares)
    if public_of(secret).hex() != agreement.trustee_key:
        raise BrokenShares("these shares belong to another key")
    contests = {each.code: contest_of(agreement, each) for each in agreement.boxes}
    return opened_file(box, open_box(box, secret, contests))
