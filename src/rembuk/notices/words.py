"""The words of a message: templates/notices/<name>/subject.txt and body.txt, rendered strictly."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rembuk.settings import asset_folder


def rendered(name: str, **facts: object) -> tuple[str, str]:
    """Subject (one line) and body (plain text) of a message; jinja2.UndefinedError when a fact is missing."""
    subject = _texts().get_template(f"{name}/subject.txt").render(**facts)
    return " ".join(subject.split()), _texts().get_template(f"{name}/body.txt").render(**facts).strip()


@cache
def _texts() -> Environment:
    # Plain text, never HTML: pages that show it escape it again.
    return Environment(  # noqa: S701
        loader=FileSystemLoader(asset_folder("templates") / "notices"), undefined=StrictUndefined
    )
