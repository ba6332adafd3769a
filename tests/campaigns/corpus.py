"""Five hundred texts that would run a script if a page let them: contexts, vectors and encodings of our own making."""

import html
import random
from base64 import b64encode
from itertools import product
from urllib.parse import quote

CALL = "gema({n})"
"""What runs where a page fails: the tests give the page this function."""
BREAKS = (
    *("", '">', "'>", "`>", "-->", "]]>", "</title>", "</textarea>"),
    *("</script>", "</style>", "</svg>", "</option></select>"),
)
VECTORS = (
    "<script>{c}</script>",
    "<ScRiPt/x>{c}</sCrIpT>",
    "<img src=x onerror={c}>",
    '<img src="x" onerror="{c}"',
    "<svg onload={c}>",
    "<svg><script>{c}</script></svg>",
    "<svg><animate onbegin={c} attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload={c}/>#x'>",
    "<math><mtext><table><mglyph><style><img src=x onerror={c}>",
    "<details open ontoggle={c}>x",
    "<input autofocus onfocus={c}>",
    "<body onload={c}>",
    "<video><source onerror={c}>",
    "<audio src=x onerror={c}>",
    "<iframe srcdoc='<script>parent.{c}</script>'></iframe>",
    "<iframe src='javascript:parent.{c}'></iframe>",
    "<object data='javascript:{c}'></object>",
    "<embed src='javascript:{c}'>",
    "<form><button autofocus formaction='javascript:{c}'>x",
    "<a href='javascript:{c}' id=klik>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:{c}'>",
    "<base href='javascript:{c}//'>",
    "<link rel=stylesheet href='data:text/css,*{{background:red}}'>",
    "<style>@import 'javascript:{c}';</style>",
    "<div style='background:url(javascript:{c})'>x",
    "<marquee onstart={c}>x",
    "<template><script>{c}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={c}>'>",
    "<x onclick={c} tabindex=1 autofocus onfocus={c}>x",
    "<p hx-on:load='{c}' hx-get=/ hx-trigger='load[{c}]'>x",
    "x onfocus={c} autofocus x=",
    "' onmouseover='{c}' autofocus onfocus='{c}' x='",
    '" onmouseover="{c}" autofocus onfocus="{c}" x="',
    "';{c};//",
    '";{c};//',
    "${{{c}}}",
    "{{{{constructor.constructor('{c}')()}}}}",
    "{{% if 1 %}}{{{{ 7*7 }}}}{{% endif %}}",
    "[x](javascript:{c})",
    "[x](  JaVaScRiPt&colon;{c} 'x')",
    "![x](x' onerror='{c})",
    "<javascript:{c}>",
    "[x]: javascript:{c}\n\n[x]",
    "[x](data:text/html;base64,{b})",
    '<https://a.example/"onmouseover={c}>',
    "**<img src=x onerror={c}>**",
)


def _entities(text: str) -> str:
    return "".join(f"&#{ord(letter)};" for letter in text)


def _hex(text: str) -> str:
    return "".join(f"&#x{ord(letter):x}" for letter in text)


def _split(text: str) -> str:
    return text.replace("script", "scr\tipt").replace("javascript", "java\nscript").replace("on", "o\x00n")


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" if letter in "<>\"'" else letter for letter in text)


def _wide(text: str) -> str:
    return text.replace("<", "＜").replace(">", "＞").replace('"', "＂")


def _twice(text: str) -> str:
    return quote(quote(text))


ENCODINGS = (str, html.escape, _entities, _hex, quote, _twice, _split, _escaped, _wide, str.swapcase)


def payloads(count: int = 500) -> list[str]:
    """So many different texts, the plain ones of every vector first; each calls with its own number."""
    plain = [(at, vector, str) for at, vector in product(BREAKS[:1], VECTORS)]
    rest = [each for each in product(BREAKS, VECTORS, ENCODINGS) if each not in plain]
    random.Random(500).shuffle(rest)
    found: dict[str, None] = {}
    for number, (at, vector, encode) in enumerate([*plain, *rest]):
        call = CALL.format(n=number)
        script = b64encode(f"<script>{call}</script>".encode()).decode()
        found.setdefault(encode(at + vector.format(c=call, b=script)))
        if len(found) == count:
            break
    return list(found)
