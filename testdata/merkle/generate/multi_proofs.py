"""Writes multi_proofs.json from the definitions of SPEC.md section 13: python3 multi_proofs.py > ../multi_proofs.json

Nothing here is shared with the library: Keccak from its definition, trees by recursion, and a sibling is what the
definition says it is: a node without proven leaves below it whose parent has some. Takes a minute.
"""
import functools
import json
import random

MASK = (1 << 64) - 1


def round_constants():
    register = 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << ((1 << j) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        yield constant


ROUNDS = list(round_constants())


def rotated(lane, by):
    return (lane << by | lane >> (64 - by)) & MASK if by else lane


def permute(a):
    for constant in ROUNDS:
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        d = [c[(x + 4) % 5] ^ rotated(c[(x + 1) % 5], 1) for x in range(5)]
        a = [a[i] ^ d[i % 5] for i in range(25)]
        x, y, lane = 1, 0, a[1]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            lane, a[x + 5 * y] = a[x + 5 * y], rotated(lane, (t + 1) * (t + 2) // 2 % 64)
        a = [a[i] ^ (~a[i - i % 5 + (i + 1) % 5] & a[i - i % 5 + (i + 2) % 5]) for i in range(25)]
        a[0] ^= constant
    return a


@functools.cache
def keccak(message):
    rate = 136
    padded = bytearray(message + b"\x01" + bytes(rate - 1 - len(message) % rate))
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            state[i] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        state = permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


assert keccak(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def sector(i):
    """The bytes of sector i."""
    return (i + 1).to_bytes(4, "big") * 64


@functools.cache
def zero(height):
    return keccak(zero(height - 1) * 2) if height else keccak(bytes(256))


def depth(leaves):
    return (leaves - 1).bit_length()


class Tree:
    """A tree by recursion: node (height, index) covers leaves index * 2^height and on."""

    def __init__(self, shape, leaves):
        self.shape, self.leaves, self.nodes = shape, leaves, {}

    def node(self, height, index):
        if (height, index) not in self.nodes:
            self.nodes[height, index] = self.compute(height, index)
        return self.nodes[height, index]

    def compute(self, height, index):
        if index << height >= self.leaves:
            return zero(height) if self.shape == "flow" else None
        if height == 0:
            return bytes(32) if self.shape == "flow" and index == 0 else keccak(sector(index))
        left, right = self.node(height - 1, 2 * index), self.node(height - 1, 2 * index + 1)
        return left if right is None else keccak(left + right)

    def root(self):
        return self.node(depth(self.leaves), 0)


def siblings(leaves, indices):
    """Places of the siblings, bottom to top, left to right."""
    places = []
    for height in range(depth(leaves)):
        known = {index >> height for index in indices}
        width = -(-leaves // (1 << height))
        places += [(height, i) for i in sorted(k ^ 1 for k in known) if i not in known and i < width]
    return places


def root_of(shape, leaves, contents, given, height=None, index=0):
    """The root from contents by index and siblings by place, from the top down."""
    height = depth(leaves) if height is None else height
    if (height, index) in given:
        return given[height, index]
    if index << height >= leaves:
        return zero(height) if shape == "flow" else None
    if height == 0:
        return keccak(contents[index])
    left = root_of(shape, leaves, contents, given, height - 1, 2 * index)
    right = root_of(shape, leaves, contents, given, height - 1, 2 * index + 1)
    return left if right is None else keccak(left + right)


def verdict(row):
    leaves, indices, length = row["leaves"], row["indices"], len(row["contents"]) * 256 + row.get("extra", 0)
    if not indices:
        return "EMPTY_INPUT"
    if any(a >= b for a, b in zip(indices, indices[1:])):
        return "INDEX_ORDER"
    if indices[-1] >= leaves:
        return "INDEX_RANGE"
    if length != 256 * len(indices):
        return "CONTENT_LENGTH"
    places = siblings(leaves, indices)
    if len(places) != len(row["siblings"]):
        return "PROOF_DEPTH"
    contents = {index: sector(number) for index, number in zip(indices, row["contents"])}
    given = {place: bytes.fromhex(hash[2:]) for place, hash in zip(places, row["siblings"])}
    root = root_of(row["shape"], leaves, contents, given)
    mark = row["shape"] == "flow" and indices[0] == 0
    return "ok" if "0x" + root.hex() == row["root"] and not mark else "ROOT_MISMATCH"


rows = []


def add(name, row, **changes):
    row = {**row, **changes}
    row["verdict"] = verdict(row)
    rows.append({"name": name, **row})


def honest(shape, leaves, indices):
    tree = trees.setdefault((shape, leaves), Tree(shape, leaves))
    return {
        "shape": shape,
        "leaves": leaves,
        "root": "0x" + tree.root().hex(),
        "indices": list(indices),
        "contents": list(indices),
        "siblings": ["0x" + tree.node(*place).hex() for place in siblings(leaves, indices)],
    }


trees = {}
chance = random.Random(13)

for shape in ("file", "flow"):
    for leaves in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 16, 17, 31, 33, 64, 130):
        low = 0 if shape == "file" else 1
        sets = {tuple(range(low, leaves)), (leaves - 1,), tuple(range(leaves // 3, leaves // 2 + 1)), (0,)}
        sets |= {tuple(range(low, leaves, 3)), tuple(range(leaves * 2 // 3, leaves))}
        for _ in range(3):
            sets.add(tuple(sorted(chance.sample(range(low, leaves), min(leaves - low, chance.randint(1, 9))))))
        for indices in sorted(set(sets) - {()}):
            add("honest", honest(shape, leaves, indices))
    for leaves in (1023, 1024, 1025):
        for indices in ([leaves - 1], range(leaves - 5, leaves), range(511, 514), [1, 2, 600, 1022]):
            add("honest", honest(shape, leaves, indices))

    for leaves, indices in ((11, (2, 3, 7)), (20, range(5, 9)), (33, (1, 31, 32)), (6, (1, 5))):
        good = honest(shape, leaves, indices)
        proof, numbers = good["siblings"], good["indices"]
        for i in range(len(proof)):
            add("sibling dropped", good, siblings=proof[:i] + proof[i + 1 :])
            add("sibling twice", good, siblings=proof[: i + 1] + proof[i:])
            changed = "0x" + keccak(bytes.fromhex(proof[i][2:])).hex()
            add("sibling changed", good, siblings=proof[:i] + [changed] + proof[i + 1 :])
            for j in {0, i - 1} - {i}:
                swapped = list(proof)
                swapped[i], swapped[j] = swapped[j], swapped[i]
                add("siblings swapped", good, siblings=swapped)
        add("siblings reversed", good, siblings=proof[::-1])
        add("no siblings", good, siblings=[])
        add("root behind the siblings", good, siblings=proof + [good["root"]])
        add("zero root behind the siblings", good, siblings=proof + ["0x" + zero(0).hex()])
        for i in range(len(numbers)):
            add("index dropped", good, indices=numbers[:i] + numbers[i + 1 :])
            less = numbers[:i] + numbers[i + 1 :]
            add("index and content dropped", good, indices=less, contents=less)
            more = numbers[: i + 1] + numbers[i:]
            add("index twice", good, indices=more, contents=more)
            add("content twice", good, contents=more)
            add("content dropped", good, contents=less)
            other = numbers[:i] + [numbers[i] + 1] + numbers[i + 1 :]
            add("content of a neighbour", good, contents=other)
            add("index of a neighbour", good, indices=other)
        add("indices reversed", good, indices=numbers[::-1], contents=numbers[::-1])
        add("contents reversed", good, contents=numbers[::-1])
        add("index past the end", good, indices=numbers[:-1] + [leaves])
        add("no indices", good, indices=[], contents=[], siblings=[])
        add("a byte more", good, extra=1)
        add("a byte less", good, extra=-1)
        add("half a sector less", good, extra=-128)
        add("another root", good, root="0x" + zero(0).hex())
        add("the other shape", good, shape="flow" if shape == "file" else "file")
        for count in (leaves - 1, leaves + 1, 2 * leaves):
            add("another leaf count", good, leaves=count)

# The mark of the flow has no content, also under a root that was made of one.
add("mark with content", honest("file", 4, (0, 1)), shape="flow")

print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
