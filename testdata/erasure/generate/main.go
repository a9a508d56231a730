// Writes ../codes.json: parity that klauspost/reedsolomon computes.
//
//	go run . > ../codes.json
package main

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/klauspost/reedsolomon"
	"golang.org/x/crypto/sha3"
)

type vector struct {
	Code         string `json:"code"`
	Data         int    `json:"data"`
	Parity       int    `json:"parity"`
	ShardBytes   int    `json:"shardBytes"`
	Seed         string `json:"seed"`
	ParityBytes  string `json:"parityBytes,omitempty"`
	ParityKeccak string `json:"parityKeccak"`
}

func keccak(parts ...[]byte) []byte {
	h := sha3.NewLegacyKeccak256()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// The pattern `keccak` of testdata/README.md.
func pattern(seed string, size int) []byte {
	var bytes []byte
	for j := uint64(0); len(bytes) < size; j++ {
		bytes = append(bytes, keccak([]byte(seed), binary.BigEndian.AppendUint64(nil, j))...)
	}
	return bytes[:size]
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	shapes := [][2]int{{1, 1}, {2, 1}, {1, 3}, {3, 2}, {4, 2}, {6, 4}, {10, 4}, {17, 3}, {20, 20}, {32, 32}, {128, 128}, {223, 33}, {255, 1}, {1, 255}}
	lengths := []int{1, 2, 31, 64, 65, 127, 1000, 4097}
	codes := []struct {
		name    string
		options []reedsolomon.Option
	}{{"rs8-vandermonde", nil}, {"rs8-cauchy", []reedsolomon.Option{reedsolomon.WithCauchyMatrix()}}}

	var vectors []vector
	for _, code := range codes {
		for _, shape := range shapes {
			for _, length := range lengths {
				data, parity := shape[0], shape[1]
				seed := fmt.Sprintf("erasure %d+%d %d", data, parity, length)
				shards := make([][]byte, data+parity)
				bytes := pattern(seed, data*length)
				for i := range shards {
					if i < data {
						shards[i] = bytes[i*length : (i+1)*length]
					} else {
						shards[i] = make([]byte, length)
					}
				}
				encoder := must(reedsolomon.New(data, parity, code.options...))
				if err := encoder.Encode(shards); err != nil {
					panic(err)
				}
				var all []byte
				for _, shard := range shards[data:] {
					all = append(all, shard...)
				}
				v := vector{Code: code.name, Data: data, Parity: parity, ShardBytes: length, Seed: seed,
					ParityKeccak: "0x" + hex.EncodeToString(keccak(all))}
				if len(all) <= 64 {
					v.ParityBytes = "0x" + hex.EncodeToString(all)
				}
				vectors = append(vectors, v)
			}
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(vectors); err != nil {
		panic(err)
	}
}
