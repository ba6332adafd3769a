#!/usr/bin/env python3
"""A witness of a city's board: checks that nothing on it was changed or taken back, and signs what it saw.

One file, Python's standard library alone, imports nothing of Rembuk. A university, a newspaper or an association
runs it from its own machine, once an hour or so:

    python rembuk_witness.py init --name unpar.ac.id       makes a key of your own; send the printed line to the city
    python rembuk_witness.py check https://rembuk.kota.id  looks, signs nothing
    python rembuk_witness.py cosign https://rembuk.kota.id looks, signs the newest checkpoint, sends the signature
    python rembuk_witness.py promise https://rembuk.kota.id janji.txt    holds a voter's promise against it

The first look trusts the board's key (or give it with --key, from the notice board of the kelurahan); every later look
insists on that key and on a proof that the board only grew (RFC 6962). A fork or a rollback is shouted, both signed
notes are kept in the folder as evidence, and nothing is ever signed for that board again until you move the file away.
Only `cosign` needs a key of your own; anybody may `check`, and show that a promise was broken.
Formats: C2SP signed notes, checkpoints and tlog-cosignature v1. Exit 0 all is well, 1 the board lies, 2 could not look.
"""

import argparse
import base64
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path

DASH = "— "
LARGEST = 1 << 20
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PROMISED_SECONDS = 60
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

class Lie(Exception):
    """The board contradicts itself: another key, a rollback, a fork, a proof that does not hold."""

class CannotLook(Exception):
    """The board cannot be asked, or answers something that is no checkpoint."""

# --- ed25519 (RFC 8032), slow and plain: a witness signs once an hour ------------------------------------------------
def _sha512(data):
    return int.from_bytes(hashlib.sha512(data).digest(), "little")

def _add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P

def _times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point, number = _add(point, point), number >> 1
    return total

def _x_of(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x

_Y = 4 * pow(5, P - 2, P) % P
_X = _x_of(_Y, 0)
BASE = (_X, _Y, 1, _X * _Y % P)

def _written(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")

def _read(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)

def _secret(seed):
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254
    return number, digest[32:]

def public_of(seed):
    """The public key of a 32-byte seed."""
    return _written(_times(_secret(seed)[0], BASE))

def sign(seed, message):
    """The 64-byte signature."""
    number, prefix = _secret(seed)
    public = public_of(seed)
    r = _sha512(prefix + message) % Q
    point = _written(_times(r, BASE))
    return point + ((r + _sha512(point + public + message) * number) % Q).to_bytes(32, "little")

def verifies(public, message, signature):
    """Whether this is the key's signature of the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, point, s = _read(public), _read(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or point is None or s >= Q:
        return False
    h = _sha512(signature[:32] + public + message) % Q
    return _written(_times(s, BASE)) == _written(_add(point, _times(h, key)))

# --- notes and checkpoints (C2SP) ------------------------------------------------------------------------------------
def key_id(name, kind, public):
    """The four bytes that lead a signature."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]

def key_line(name, kind, public):
    """A public key as it is published: name+id+base64."""
    return f"{name}+{key_id(name, kind, public).hex()}+{base64.b64encode(bytes([kind]) + public).decode()}"

def signed_lines(note, line):
    """The three lines of a note, and whether the key of this line signed them; raises CannotLook."""
    try:
        name, _, body = line.split("+", 2)
        raw = base64.b64decode(body, validate=True)
        text, _, tail = note.rpartition("\n\n")
        first, second, third = text.split("\n")
        lines = [each.removeprefix(DASH).split(" ") for each in tail.splitlines()]
        blobs = [base64.b64decode(blob, validate=True) for named, blob in lines if named == name]
    except ValueError as fault:
        raise CannotLook(f"this is no signed note ({fault})") from fault
    ours = [blob for blob in blobs if blob[:4] == key_id(name, 1, raw[1:])]
    return (first, second, third), any(verifies(raw[1:], f"{text}\n".encode(), blob[4:]) for blob in ours)

def checkpoint_of(note, line):
    """Origin, size and root of a note signed by the key of this line, with the text; raises CannotLook or Lie."""
    (origin, size, root), signed = signed_lines(note, line)
    try:
        found = (origin, int(size), base64.b64decode(root, validate=True), f"{origin}\n{size}\n{root}\n")
    except ValueError as fault:
        raise CannotLook(f"the answer is no signed checkpoint ({fault})") from fault
    if not signed:
        raise Lie("the checkpoint is not signed by the board's key")
    return found

def cosignature(name, seed, text, moment):
    """The line that says: this witness saw this checkpoint at this time."""
    signature = sign(seed, f"cosignature/v1\ntime {moment}\n{text}".encode())
    blob = key_id(name, 4, public_of(seed)) + moment.to_bytes(8, "big") + signature
    return f"{DASH}{name} {base64.b64encode(blob).decode()}"

def consistent(first, second, path, old_root, new_root):
    """Whether the proof shows the older tree to be a prefix of the newer (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and old_root == new_root
    steps = list(path) if first & (first - 1) else [old_root, *path]
    if not steps:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = _node(step, old), _node(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = _node(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (old_root, new_root)

def included(leaf, index, size, path, root):
    """Whether the path leads from this leaf hash to the root of so many leaves (RFC 9162, 2.1.3.2)."""
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = _node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = _node(found, step)
        at, last = at >> 1, last >> 1
    return 0 <= index < size and last == 0 and found == root

def _node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()

# --- the board, asked over the network -------------------------------------------------------------------------------
def ask(url, path, body=None):
    """The JSON a board answers; raises CannotLook."""
    if not url.startswith(("https://", "http://")):
        raise CannotLook("the address begins with https://")
    data = None if body is None else json.dumps(body).encode()
    headers = {"User-Agent": "rembuk-witness/1", "Content-Type": "application/json"}
    request = urllib.request.Request(url.rstrip("/") + "/api/v1/board" + path, data, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            text = answer.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise CannotLook("the answer is too long")
        return json.loads(text)
    except urllib.error.HTTPError as fault:
        raise CannotLook(f"{path}: {fault.code} {fault.read(500).decode(errors='replace')}") from fault
    except (OSError, ValueError) as fault:
        raise CannotLook(f"{path}: {fault}") from fault

def look(url, folder, key=""):
    """Check the newest checkpoint against the one seen last and keep it; its text. Raises Lie with evidence kept."""
    file = folder / "papan.json"
    seen = json.loads(file.read_text("utf-8")) if file.exists() else {}
    if (folder / "BUKTI.txt").exists():
        raise Lie(f"this board lied before; the evidence is in {folder / 'BUKTI.txt'}")
    pinned = key or seen.get("key") or str(ask(url, "/keys")["board"])
    newest = ask(url, "/checkpoints?count=1")
    if not newest:
        raise CannotLook("the board is still empty")
    note = str(newest[0]["note"])
    try:
        if seen and pinned != seen["key"]:
            raise Lie("the board's key is another one than before")
        origin, size, root, text = checkpoint_of(note, pinned)
        if seen:
            _insist_grown(url, seen, (origin, size, root))
    except Lie as lie:
        _keep_evidence(folder, str(lie), str(seen.get("note", "")), note)
        raise
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({"url": url, "key": pinned, "size": size, "root": root.hex(), "note": note}), "utf-8")
    draft.replace(file)
    return size, text

def _insist_grown(url, seen, now):
    """Raise Lie unless the board of now begins with all that was seen."""
    origin, size, root = now
    if origin != checkpoint_of(seen["note"], seen["key"])[0]:
        raise Lie("another board answers at this address")
    if size < seen["size"]:
        raise Lie(f"ROLLBACK: {seen['size']} leaves were there, now there are {size}")
    path = []
    if size > seen["size"]:
        try:
            proof = ask(url, f"/consistency?first={seen['size']}&second={size}")
            path = [bytes.fromhex(step) for step in proof["path"]]
        except (KeyError, TypeError, ValueError) as fault:
            raise CannotLook("the answer is no proof") from fault
    if not consistent(seen["size"], size, path, bytes.fromhex(seen["root"]), root):
        raise Lie(f"FORK: the board of {size} leaves does not begin with the {seen['size']} leaves seen before")

def hold_promise(url, folder, note, key=""):
    """Hold a receipt's promise against the board of now; what to say. Raises Lie when its time is over and it broke."""
    look(url, folder, key)
    seen = json.loads((folder / "papan.json").read_text("utf-8"))
    (name, leaf, moment), signed = signed_lines(note, seen["key"])
    try:
        made = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S%z")
        bits = int(leaf[:25], 16)
        code = "".join(CROCKFORD[bits >> shift & 31] for shift in range(95, -1, -5))
        index = ask(url, f"/receipts/{code}")["index"]
        path = [] if index is None else ask(url, f"/inclusion?index={index}&size={seen['size']}")["path"]
        steps, wanted = [bytes.fromhex(step) for step in path], bytes.fromhex(leaf)
    except (KeyError, TypeError, ValueError) as fault:
        raise CannotLook(f"no promise, or no answer to one ({fault})") from fault
    if not signed or not name.endswith("/janji"):
        raise CannotLook("this promise is not signed by the board's key: it proves nothing")
    if index is not None and included(wanted, index, seen["size"], steps, bytes.fromhex(seen["root"])):
        return f"OK: promised at {moment}, leaf {index} of the board."
    left = made.timestamp() + PROMISED_SECONDS - time.time()
    if left > 0:
        return f"Not there yet: the board has {left:.0f} seconds left."
    _keep_evidence(folder, f"promised at {moment}, not on the board", note, seen["note"], "JANJI.txt")
    raise Lie(f"BROKEN PROMISE: the leaf promised at {moment} is not among its {seen['size']} leaves (JANJI.txt)")

def _keep_evidence(folder, what, old, new, file="BUKTI.txt"):
    text = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}\n{what}\n\n--- before\n{old}\n--- now\n{new}\n"
    (folder / file).write_text(text, "utf-8")

# --- the commands ----------------------------------------------------------------------------------------------------
def init(folder, name):
    """Make this witness's key, once; the line to send to the city."""
    if not name or any(sign in " +\n\t" for sign in name) or len(name) > 100:
        raise CannotLook("a name has no spaces and no plus, for example unpar.ac.id")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed = os.urandom(32)
    body = json.dumps({"name": name, "seed": base64.b64encode(seed).decode()})
    try:
        handle = os.open(folder / "saksi.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CannotLook("there is a key already; it is never replaced") from None
    with os.fdopen(handle, "w") as file:
        file.write(body)
    return key_line(name, 4, public_of(seed))

def own_key(folder):
    """This witness's name and seed; raises CannotLook before init."""
    try:
        body = json.loads((folder / "saksi.key").read_text("utf-8"))
        return body["name"], base64.b64decode(body["seed"])
    except (OSError, ValueError, KeyError) as fault:
        raise CannotLook("no key here: run init first") from fault

def run(arguments):
    """One command; what to print."""
    folder = Path(arguments.dir)
    if arguments.command == "init":
        return "Your public key, to be registered by the city:\n" + init(folder, arguments.name)
    name, seed = own_key(folder) if arguments.command == "cosign" else ("", b"")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if arguments.command == "promise":
        note = Path(arguments.file).read_text("utf-8").strip().replace("\r\n", "\n")
        return hold_promise(arguments.url, folder, f"{note}\n", arguments.key)
    size, text = look(arguments.url, folder, arguments.key)
    if arguments.command == "check":
        return f"OK: {size} leaves, nothing changed since the last look.\n{text}"
    line = cosignature(name, seed, text, int(time.time()))
    (folder / "tanda.txt").write_text(f"{text}\n{line}\n", "utf-8")
    ask(arguments.url, "/cosignatures", {"size": size, "line": line})
    return f"OK: {size} leaves seen, signed and sent as {name}."

def main(given=None):
    """The command line; exits 0, 1 or 2."""
    parser = argparse.ArgumentParser(prog="rembuk-witness", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--dir", default=os.environ.get("REMBUK_WITNESS", "saksi"), help="folder of key and memory")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init", help="make a key of your own").add_argument("--name", required=True)
    helps = {"check": "look at a board", "cosign": "look, and sign", "promise": "hold a receipt's promise against it"}
    for word, about in helps.items():
        command = commands.add_parser(word, help=about)
        command.add_argument("url")
        if word == "promise":
            command.add_argument("file", help="the promise as the receipt page shows it")
        command.add_argument("--key", default="", help="the board's key, from the printed notice")
    asked = parser.parse_args(given)
    try:
        sys.stdout.write(run(asked) + "\n")
    except Lie as lie:
        sys.exit(f"\n*** THE BOARD LIES: {lie}\n*** Nothing was signed. Evidence: {asked.dir}. Tell everybody.\n")
    except (CannotLook, OSError, UnicodeDecodeError) as fault:
        sys.stderr.write(f"rembuk-witness: {fault}\n")
        sys.exit(2)

if __name__ == "__main__":
    main()
