// Command pulumi-resource-kubernetes is Pulumi's Kubernetes provider: the module's own main embeds generated files that
// are not in it. install.sh puts the module's schema and mapping beside this file.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

var (
	//go:embed schema.json
	schema []byte
	//go:embed terraform-mapping.json
	mapping []byte

	version string
)

func main() { provider.Serve("kubernetes", version, schema, mapping) }
