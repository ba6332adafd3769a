"""A little Markdown made safe: emphasis, lists, quotes and links; no HTML, no pictures, nothing that runs (B5)."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "code"}
_SCHEMES = {"http", "https", "mailto"}
_READER = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
    ["newline", "emphasis", "link", "autolink", "escape", "backticks", "list", "blockquote"]
)


@lru_cache(maxsize=2048)
def rendered(text: str) -> Markup:
    """The text as HTML of ten harmless tags; links open nothing of ours and pass on no trust."""
    html = nh3.clean(
        _READER.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener ugc",
    )
    return Markup(html)  # noqa: S704 - what nh3 let through is the allow-list above
