#!/usr/bin/env python3
"""A checker of Sentinel AI ledgers after docs/ledger-format.md, which shares no code with the product: Python's standard library alone.

usage: check.py DIR... [--checkpoint FILE]...

Prints one JSON object a folder: {"ok", "chains": [{"chain", "ok", "entries", "covered", "kind", "seq", "message", "notes"}], "folder"}.
`kind` and `seq` name the first bad entry and what was done. Exit code 0 if all holds, 1 if not.
"""

import base64
import hashlib
import json
import math
import os
import re
import sys

MAX_LINE = 4194304
ZEROS = "0" * 64
ORIGIN = "sentinelai-guard/"
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PART = re.compile(rf"({UUID})(?:\.(\d{{6}}))?\.jsonl\Z")
BESIDE = re.compile(rf"{UUID}\.(outbox|anchors)\.jsonl\Z")
FIELDS = {"v", "chain", "seq", "time", "prev", "key", "content", "hash", "salt", "event"}


# --- Ed25519, RFC 8032 -------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _add(a, b):
    k = (a[1] - a[0]) * (b[1] - b[0]) % P
    l = (a[1] + a[0]) * (b[1] + b[0]) % P
    m = 2 * a[3] * b[3] * D % P
    n = 2 * a[2] * b[2] % P
    e, f, g, h = l - k, n - m, n + m, l + k
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _decompress(data):
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = _recover_x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _recover_x(_BASE_Y, 0)
BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def ed25519_holds(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = _decompress(public_key), _decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    left, right = _multiply(s, BASE), _add(r, _multiply(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- RFC 8785 ----------------------------------------------------------------


def _number(value):
    """As ECMAScript writes it."""
    if isinstance(value, int):
        value = float(value)
    if not math.isfinite(value):
        raise ValueError("no JSON number")
    if value == 0:
        return "0"
    sign, value = ("-", -value) if value < 0 else ("", value)
    mantissa, exponent = f"{value!r}".partition("e")[::2] if "e" in repr(value) else (repr(value), "0")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent) - (len(whole + fraction) - len((whole + fraction).lstrip("0")))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + power


def jcs(value):
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, str):
        value.encode("utf-8")  # lone surrogates have no form
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(jcs, value)) + "]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return "{" + ",".join(f"{jcs(key)}:{jcs(value[key])}" for key in keys) + "}"


def digest_of(value):
    return hashlib.sha256(jcs(value).encode("utf-8")).hexdigest()


# --- The tree of RFC 6962 ----------------------------------------------------


class Tree:
    def __init__(self):
        self.size, self.peaks = 0, []

    def append(self, data):
        node, rest = hashlib.sha256(b"\x00" + data).digest(), self.size
        while rest & 1:
            node = hashlib.sha256(b"\x01" + self.peaks.pop() + node).digest()
            rest >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            root = hashlib.sha256(b"\x01" + peak + root).digest()
        return root


# --- Keys and checkpoints ----------------------------------------------------


def key_id(public_key):
    return base64.urlsafe_b64encode(hashlib.sha256(public_key).digest()).decode()[:11]


def strict_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def introduces(entry):
    """The raw public key that an entry introduces, and the one before it; None where it introduces none or not soundly."""
    event = entry["event"] or {}
    if event.get("type") == "signing-key":
        key, signature = strict_base64(event["publicKey"]), strict_base64(event["signature"])
        said = f"sentinelai-guard/signing-key\n1\n{entry['chain']}\n{event['publicKey']}\n"
        return key if ed25519_holds(key, said.encode(), signature) else None
    if event.get("type") == "key-rotation":
        one, other = strict_base64(event["from"]), strict_base64(event["to"])
        said = f"sentinelai-guard/key-rotation\n1\n{event['from']}\n{event['to']}\n{event['time']}\n".encode()
        both = ed25519_holds(one, said, strict_base64(event["fromSignature"])) and ed25519_holds(
            other, said, strict_base64(event["toSignature"])
        )
        return other if both else None
    return None


def read_checkpoint(note):
    """(chain, size, root, text, [(name, hint, signature)]) of a note, or None."""
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        return None
    text += "\n"
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0].startswith(ORIGIN) or not re.fullmatch(r"0|[1-9]\d{0,14}", lines[1]):
        return None
    root = strict_base64(lines[2])
    if root is None or len(root) != 32:
        return None
    signed = []
    for line in signatures[:-1].split("\n"):
        parts = line.split(" ")
        data = strict_base64(parts[2]) if len(parts) == 3 and parts[0] == "\u2014" else None
        if data is None or len(data) < 5:
            return None
        signed.append((parts[1], data[:4], data[4:]))
    return lines[0][len(ORIGIN) :], int(lines[1]), root, text, signed


def checkpoint_is_signed(checkpoint, public_key):
    chain, _, _, text, signed = checkpoint
    name = ORIGIN + chain
    hint = hashlib.sha256(f"{name}\n".encode() + b"\x01" + public_key).digest()[:4]
    own = [signature for by, hinted, signature in signed if by == name and hinted == hint]
    return bool(own) and all(ed25519_holds(public_key, text.encode(), signature) for signature in own)


def notes_in(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    notes, current, blanks = [], [], 0
    for line in lines:
        blanks += line == ""
        if blanks == 2:
            notes.append("\n".join(current) + "\n")
            current, blanks = [], 0
        else:
            current.append(line)
    return notes


# --- The chain ---------------------------------------------------------------


class Bad(Exception):
    def __init__(self, kind, seq, message):
        super().__init__(message)
        self.kind, self.seq, self.message = kind, seq, message


def parse_line(line):
    """(entry, None), or (entry or None, what is wrong with the line by itself)."""
    if len(line) > MAX_LINE:
        return None, "too long"
    try:
        entry = json.loads(line.decode("utf-8"))
    except ValueError:
        return None, "no JSON"
    if not isinstance(entry, dict) or set(entry) != FIELDS or entry["v"] != 1 or isinstance(entry["v"], bool):
        return None, "not the fields of an entry"
    texts = all(isinstance(entry[name], str) and DIGEST.match(entry[name]) for name in ("prev", "content", "hash"))
    sound = texts and isinstance(entry["seq"], int) and isinstance(entry["time"], str) and TIME.match(entry["time"])
    if not sound or (entry["salt"] is None) != (entry["event"] is None):
        return None, "not the types of an entry"
    try:
        if jcs(entry).encode("utf-8") != line:
            return entry, "not in canonical form"
    except UnicodeEncodeError:
        return None, "no Unicode"
    if entry["salt"] is not None and digest_of({"salt": entry["salt"], "event": entry["event"]}) != entry["content"]:
        return entry, "content does not fit"
    if digest_of({name: entry[name] for name in FIELDS - {"hash", "salt", "event"}}) != entry["hash"]:
        return entry, "hash does not fit"
    return entry, None


def name_misfit(entries, at, head, chain):
    """What was done where entries[at] does not follow the entry before it (head: seq and hash)."""
    entry, (head_seq, head_hash) = entries[at], head
    due, known = head_seq + 1, [(n, other) for n, other in enumerate(entries) if other is not None and n != at]
    if entry["chain"] != chain:
        return Bad("inserted", entry["seq"], "of another chain")
    if any(other["hash"] == entry["hash"] for _, other in known):
        return Bad("duplicated", entry["seq"], "the same entry is there twice")
    if entry["prev"] == head_hash:
        return Bad("edited", entry["seq"], "numbered anew")
    if entry["seq"] > due:
        if not any(head_seq < other["seq"] < entry["seq"] for n, other in known if n > at):
            return Bad("removed", entry["seq"], "entries before it are missing")
        later = any(other["hash"] == entry["prev"] for n, other in known if n > at)
        follower = next((n for n, other in known if n > at and other["prev"] == entry["hash"]), 0)
        kind = "reordered" if later or follower > at + 1 else "inserted"
        return Bad(kind, entry["seq"], "not in its place")
    earlier = [n for n, other in known if n < at - 1 and other["hash"] == entry["prev"]]
    if earlier:
        return Bad("inserted", head_seq - (at - 1 - (earlier[0] + 1)), "put between two that follow each other")
    if entry["seq"] == due:
        following = entries[at + 1] if at + 1 < len(entries) else None
        if following and following["prev"] == head_hash and following["seq"] == entry["seq"]:
            return Bad("inserted", entry["seq"], "put between two that follow each other")
        if at == 0 or (following and following["prev"] != entry["hash"]):
            return Bad("edited", entry["seq"], "it does not name the one before")
        return Bad("edited", head_seq, "changed and hashed anew")
    return Bad("inserted", entry["seq"], "it fits nowhere")


class Story:
    """Rules 6 to 9."""

    def __init__(self):
        self.session, self.open, self.erased = None, {}, False

    def fault(self, number, event):
        if event is None:
            self.erased = True
            return None
        kind = event["type"]
        if (kind == "genesis") != (number == 0):
            return "genesis comes first and nowhere else"
        if kind in ("genesis", "signing-key", "key-rotation"):
            return None
        if kind == "session-open":
            overlap, self.session = self.session, event["session"]
            return None if overlap is None else "sessions overlap"
        if event.get("session") != self.session:
            return None if self.erased else "of a session that is not open"
        if kind == "session-close":
            self.session = None
            left = [item for item in self.open.values() if item["verdict"] != "pass" or item["choice"] is not None]
            self.open = {}
            return "the session closes with something undecided" if left and not self.erased else None
        if kind == "assessment" and event["timing"] != "ahead":
            again = event["assessmentId"] in self.open
            self.open[event["assessmentId"]] = {**event, "choice": None, "subjectDigest": event["subject"]["digest"]}
            return "assessed twice" if again else None
        if kind in ("decision", "outcome"):
            item = self.open.get(event["assessmentId"])
            if item is None:
                return None if self.erased else "no open assessment"
            return self.decided(item, event) if kind == "decision" else self.ended(item, event)
        return None

    def decided(self, item, event):
        if item["choice"] is not None:
            return "decided twice"
        item["choice"] = event["choice"]
        same = all(event[name] == item[name] for name in ("subjectDigest", "policyDigest", "inputsDigest", "verdict"))
        return None if same else "bound to something else"

    def ended(self, item, event):
        del self.open[event["assessmentId"]]
        if event["subjectDigest"] != item["subjectDigest"]:
            return "about another subject"
        allowed = item["choice"] == "approve" or (item["verdict"] == "pass" and item["choice"] is None)
        if event["outcome"] in ("withheld", "failed") or allowed or item["timing"] == "after":
            return None
        return None if self.erased and item["choice"] != "deny" else "took effect without an approval"


def check_chain(directory, name, parts, kept):
    raw = b"".join(open(os.path.join(directory, part), "rb").read() for part in parts)
    notes = [read_checkpoint(note) for note in notes_in(os.path.join(directory, f"{name}.checkpoints"))]
    lines = raw.split(b"\n")[:-1]
    parsed = [parse_line(line) for line in lines]
    entries = [entry for entry, _ in parsed]
    result = {"chain": name, "ok": True, "entries": len(lines), "covered": 0, "kind": None, "seq": None, "message": None, "notes": []}
    sessions = set()
    state = {"tree": Tree(), "keys": {}, "held": 0, "read": 0, "keyed": 0, "next": 0}

    def settle():
        tree = state["tree"]
        for chain, size, root, _, _ in kept:
            if chain == name and size == tree.size:
                if root != tree.root():
                    raise Bad("rewritten", state["held"], "not what was kept")
                state["held"] = max(state["held"], size)
        while state["next"] < len(notes):
            note = notes[state["next"]]
            if note is not None and note[1] > tree.size:
                return
            state["next"] += 1
            if note is None or note[0] != name or note[1] <= state["read"] or note[1] != tree.size:
                raise Bad("forged", None, "not a checkpoint of this chain that comes here")
            state["read"] = note[1]
            public_key = state["keys"].get(entries[note[1] - 1]["key"])
            if public_key is None or not checkpoint_is_signed(note, public_key):
                raise Bad("forged", None, "not signed by the key of its last entry")
            if note[2] != tree.root():
                raise Bad("rewritten", state["held"], "not the entries that were sealed")
            state["held"] = note[1]

    def follow():
        head, last_key, story, last_time, off = (-1, ZEROS), "", Story(), "", None
        settle()
        for number, (entry, fault) in enumerate(parsed):
            if fault is not None:
                cut = entry is None and not lines[number].endswith(b"}")
                raise Bad("truncated" if cut else "edited", entry and entry["seq"], fault)
            if entry["chain"] != name or entry["seq"] != head[0] + 1 or entry["prev"] != head[1]:
                raise name_misfit(entries, number, head, name)
            head = (entry["seq"], entry["hash"])
            wrong = story.fault(number, entry["event"])
            if wrong:
                raise Bad("inconsistent", entry["seq"], wrong)
            event, key = entry["event"] or {"type": None}, entry["key"]
            introduced = introduces(entry)
            if event["type"] in ("signing-key", "key-rotation"):
                if introduced is None or key_id(introduced) != key:
                    raise Bad("foreign", entry["seq"], "the key is not introduced soundly")
                state["keys"][key] = introduced
            changed = number > 0 and (key != last_key or number == 1)
            before = None if number == 1 and key == last_key else last_key
            if changed and key is not None and entry["event"] is not None:
                rotated = event["type"] == "key-rotation" and before is not None and key_id(strict_base64(event["from"])) == before
                if not (rotated if before is not None else event["type"] == "signing-key"):
                    raise Bad("foreign", entry["seq"], "a key that nothing introduces")
            last_key = key
            if event["type"] == "session-open":
                sessions.add(event["session"])
            if event["type"] == "notice" and event["notice"] == "guard-off":
                result["notes"].append(f"guard off at {entry['time']}")
            if entry["time"] < last_time:
                result["notes"].append(f"time runs backwards at entry {entry['seq']}")
            last_time = entry["time"]
            state["tree"].append(bytes.fromhex(entry["hash"]))
            if key is not None:
                state["keyed"] = state["tree"].size
            settle()
        size = state["tree"].size
        if state["next"] < len(notes) or any(chain == name and over > size for chain, over, _, _, _ in kept):
            raise Bad("truncated", size, "a checkpoint covers more entries than there are")
        if state["keyed"] > state["held"]:
            result["notes"].append(f"no checkpoint covers the entries from {state['held']} on")

    try:
        follow()
    except Bad as bad:
        result.update(ok=False, kind=bad.kind, seq=bad.seq, message=bad.message)
    result["covered"] = state["held"]
    return result, sessions


def check_folder(directory, kept):
    chains = {}
    for name in sorted(os.listdir(directory)):
        match = PART.match(name)
        if match and not BESIDE.match(name):
            chains.setdefault(match[1], []).append((int(match[2] or 1), name))
    results, owners, folder = [], {}, []
    for name, parts in chains.items():
        result, sessions = check_chain(directory, name, [part for _, part in sorted(parts)], sorted(kept, key=lambda one: one[1]))
        results.append(result)
        for session in sessions:
            if owners.setdefault(session, name) != name:
                folder.append(f"session {session} is in two chains")
    folder += [f"chain {one[0]} is missing" for one in kept if one[0] not in chains]
    ok = bool(results) and not folder and all(result["ok"] for result in results)
    return {"ok": ok, "chains": results, "folder": folder}


def main(arguments):
    directories, kept, names = [], [], iter(arguments)
    for name in names:
        if name != "--checkpoint":
            directories.append(name)
            continue
        with open(next(names), encoding="utf-8", newline="") as file:
            kept.append(read_checkpoint(file.read()))
    results = [check_folder(directory, kept) for directory in directories]
    for result in results:
        print(json.dumps(result))
    return 0 if all(result["ok"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
