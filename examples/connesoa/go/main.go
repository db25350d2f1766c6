// The Go half of ConneSOA: one program, a service for each value of SERVICE.
//
//	connesoa              serve
//	connesoa schema       make what is missing in the database, and end
//	connesoa healthcheck  ask the server of this container
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	command := ""
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	var err error
	switch command {
	case "":
		err = serve()
	case "schema":
		err = makeSchema()
	case "healthcheck":
		err = healthcheck()
	default:
		err = fmt.Errorf("unknown command %q", command)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func serve() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	key, err := os.ReadFile("/run/secrets/service_key")
	if err != nil {
		return err
	}
	stores, err := openStores()
	if err != nil {
		return err
	}
	defer stores.close()
	s := &service{
		name:   os.Getenv("SERVICE"),
		key:    []byte(strings.TrimSpace(string(key))),
		calls:  names("CALLS"),
		stores: stores,
	}
	server := &http.Server{
		Addr:              ":" + setting("PORT", "8000"),
		Handler:           s.routes(),
		ReadHeaderTimeout: 10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	log.Printf("%s listens on %s", s.name, server.Addr)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	return server.Shutdown(last)
}

func healthcheck() error {
	client := http.Client{Timeout: 3 * time.Second}
	answer, err := client.Get("http://127.0.0.1:" + setting("PORT", "8000") + "/health")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

// names reads `a,b`; an empty variable is no name at all.
func names(variable string) []string {
	found := []string{}
	for _, name := range strings.Split(os.Getenv(variable), ",") {
		if name = strings.TrimSpace(name); name != "" {
			found = append(found, name)
		}
	}
	return found
}
