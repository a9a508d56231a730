"""Writes ../commitments.json from the text of SPEC.md section 12 alone: no line is shared with the crate.

    python3 commitment.py > ../commitments.json
"""

import hashlib
import json
import struct


def blake(message):
    return hashlib.blake2b(message).digest()[:32]


def gf_mul(a, b):
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= 0x11D
        b >>= 1
    return product


def gf_inv(a):
    return next(b for b in range(1, 256) if gf_mul(a, b) == 1)


def parity_matrix(name, data, parity, custom):
    rows = []
    for r in range(data, data + parity):
        row = []
        for c in range(data):
            if name == 'rs8-cauchy':
                row.append(gf_inv(r ^ c))
            elif name == 'rs8-vandermonde':
                p = 1
                for j in range(data):
                    if j != c:
                        p = gf_mul(p, gf_mul(r ^ j, gf_inv(c ^ j)))
                row.append(p)
            else:
                row.append(custom[(r - data) * data + c])
        rows.append(row)
    return rows


TAG = b'zgkit erasure node'.ljust(32, b'\0')


def tree(nodes):
    """Root, and the siblings of every node: split at the largest power of two below the count."""
    if len(nodes) == 1:
        return nodes[0], [[]]
    left = 1
    while left * 2 < len(nodes):
        left *= 2
    a, of_a = tree(nodes[:left])
    b, of_b = tree(nodes[left:])
    return blake(TAG + a + b), [s + [b] for s in of_a] + [s + [a] for s in of_b]


def file_bytes(size):
    """The pattern `affine` with a = 31 and b = 7, and every 256th byte shifted on."""
    return bytes((31 * i + 7 + i // 256) % 256 for i in range(size))


def encode(name, data, parity, chunk, size, custom, spoil=None):
    """`spoil(stripe, chunks)` is the liar's."""
    file, n = file_bytes(size), data + parity
    matrix = parity_matrix(name, data, parity, custom)
    stripes = -(-size // (data * chunk))
    shards = [[] for _ in range(n)]
    for s in range(stripes):
        part = file[s * data * chunk:][:data * chunk]
        length = -(-len(part) // data)
        part = part.ljust(data * length, b'\0')
        chunks = [part[c * length:][:length] for c in range(data)]

        def parities():
            for row in matrix:
                total = bytearray(length)
                for factor, piece in zip(row, chunks):
                    table = [gf_mul(factor, x) for x in range(256)]
                    for i, x in enumerate(piece):
                        total[i] ^= table[x]
                yield bytes(total)

        if spoil:
            spoil('data', s, chunks)
        chunks += list(parities())
        if spoil:
            spoil('all', s, chunks)
        for shard, piece in zip(shards, chunks):
            shard.append(piece)
    leaves = [[blake(piece) for piece in shard] for shard in shards]
    trees = [tree(leaf) for leaf in leaves]
    top, outer = tree([root for root, _ in trees])
    digest = blake(bytes(custom)) if name == 'rs8-custom' else bytes(32)
    descriptor = b'zgkit erasure 1\0' + name.encode().ljust(16, b'\0') + b'blake2b-512/256\0'
    descriptor += struct.pack('<HHIQ', data, parity, chunk, size) + digest + top
    assert len(descriptor) == 128
    custom_bytes = bytes(custom) if name == 'rs8-custom' else b''
    files = []
    for i in range(n):
        header = descriptor + struct.pack('<I', i) + trees[i][0] + b''.join(outer[i]) + custom_bytes
        files.append(header + b''.join(leaves[i]) + b''.join(shards[i]))

    def place(i, s):
        return b''.join(trees[i][1][s]) + b''.join(outer[i])

    def evidence(stripe, members, witness):
        out = descriptor + struct.pack('<QI', stripe, 0xFFFFFFFF if witness is None else witness) + custom_bytes
        for i in members:
            out += struct.pack('<I', i) + place(i, stripe) + shards[i][stripe]
        if witness is not None:
            out += leaves[witness][stripe] + place(witness, stripe)
        return out

    return descriptor, blake(descriptor), files, evidence


def text(data):
    return '0x' + data.hex()


CUSTOM = [1, 1, 1, 1, 2, 4]  # 2 rows of 3


def honest():
    for name, data, parity, chunk, size in [
        ('rs8-vandermonde', 1, 1, 4096, 1),
        ('rs8-vandermonde', 2, 2, 4096, 9),
        ('rs8-vandermonde', 4, 2, 4096, 16384),
        ('rs8-vandermonde', 4, 2, 4096, 16385),
        ('rs8-vandermonde', 10, 4, 4096, 100000),
        ('rs8-cauchy', 3, 2, 8192, 70001),
        ('rs8-cauchy', 10, 4, 65536, 1000000),
        ('rs8-cauchy', 17, 3, 4096, 12345),
        ('rs8-custom', 3, 2, 4096, 40000),
    ]:
        custom = CUSTOM if name == 'rs8-custom' else []
        descriptor, commitment, files, _ = encode(name, data, parity, chunk, size, custom)
        yield {
            'code': name, 'data': data, 'parity': parity, 'matrix': text(bytes(custom)), 'chunk': chunk, 'size': size,
            'descriptor': text(descriptor), 'commitment': text(commitment),
            'fileBytes': [len(file) for file in files], 'fileHashes': [text(blake(file)) for file in files],
        }


def lies():
    def parity_byte(when, stripe, chunks):
        if when == 'all' and stripe == 1:
            chunks[4] = chunks[4][:5] + bytes([chunks[4][5] ^ 1]) + chunks[4][6:]

    def padding(when, stripe, chunks):
        if when == 'data' and stripe == 3:
            chunks[-1] = chunks[-1][:-1] + b'\1'

    for what, name, data, parity, size, spoil, stripe, members, witness in [
        ('a parity byte is wrong', 'rs8-vandermonde', 3, 2, 40000, parity_byte, 1, [0, 1, 2], 4),
        ('the wrong parity is a member', 'rs8-cauchy', 3, 2, 40000, parity_byte, 1, [1, 2, 4], 0),
        ('a custom code', 'rs8-custom', 3, 2, 40000, parity_byte, 1, [0, 1, 2], 4),
        ('bytes behind the end are not zero', 'rs8-vandermonde', 3, 2, 40000, padding, 3, [0, 1, 2], None),
        ('the same, from parity', 'rs8-vandermonde', 3, 2, 40000, padding, 3, [0, 3, 4], None),
    ]:
        custom = CUSTOM if name == 'rs8-custom' else []
        _, commitment, files, evidence = encode(name, data, parity, 4096, size, custom, spoil)
        proof = evidence(stripe, members, witness)
        yield {
            'what': what, 'code': name, 'data': data, 'parity': parity, 'matrix': text(bytes(custom)), 'chunk': 4096,
            'size': size, 'commitment': text(commitment), 'stripe': stripe, 'members': members, 'witness': witness,
            'evidenceBytes': len(proof), 'evidenceHash': text(blake(proof)),
            'spoiled': 'padding' if spoil is padding else 'parity',
        }


print(json.dumps({'honest': list(honest()), 'lies': list(lies())}, indent=2))
