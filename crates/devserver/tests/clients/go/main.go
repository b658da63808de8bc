// The Go client, unchanged: connect, put, get, operate, batch read, scan, remove, truncate.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"strconv"

	aerospike "github.com/aerospike/aerospike-client-go/v8"
)

func check(what string, good bool, err error) {
	if err != nil || !good {
		log.Fatal(what, ": ", err)
	}
}

func main() {
	host, text, err := net.SplitHostPort(os.Args[1])
	check("address", true, err)
	port, err := strconv.Atoi(text)
	check("port", true, err)
	client, refused := aerospike.NewClient(host, port)
	if refused != nil {
		log.Fatal(refused)
	}
	defer client.Close()

	var keys []*aerospike.Key
	for i := 0; i < 20; i++ {
		key, bad := aerospike.NewKey("test", "go", i)
		check("key", bad == nil, nil)
		keys = append(keys, key)
		bins := aerospike.BinMap{"i": i, "s": "text", "f": 1.5, "l": []int{i}, "m": map[string]int{"a": i}}
		check("put", client.Put(nil, key, bins) == nil, nil)
	}
	record, bad := client.Get(nil, keys[3])
	check("get", bad == nil && record.Bins["i"] == 3 && record.Bins["f"] == 1.5, nil)

	records, bad := client.BatchGet(nil, keys)
	check("batch", bad == nil && len(records) == 20, nil)
	for i, record := range records {
		check("row", record.Bins["i"] == i, nil)
	}

	set, bad := client.ScanAll(nil, "test", "go")
	check("scan", bad == nil, nil)
	seen := 0
	for result := range set.Results() {
		check("scanned", result.Err == nil, nil)
		seen++
	}
	check("scanned", seen == 20, nil)

	record, bad = client.Operate(nil, keys[0], aerospike.AddOp(aerospike.NewBin("i", 4)), aerospike.GetBinOp("i"))
	check("operate", bad == nil && record.Bins["i"] == 4, nil)
	gone, bad := client.Delete(nil, keys[3])
	check("remove", bad == nil && gone, nil)
	there, bad := client.Exists(nil, keys[3])
	check("exists", bad == nil && !there, nil)
	check("truncate", client.Truncate(nil, "test", "go", nil) == nil, nil)
	there, bad = client.Exists(nil, keys[4])
	check("truncated", bad == nil && !there, nil)
	fmt.Println("ok")
}
