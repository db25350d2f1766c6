// SimpleApp keeps notes in MySQL and counts visits in Redis.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // The image has no time zones of its own, and TZ is honoured.

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

const patience = 60 * time.Second

func main() {
	if len(os.Args) > 1 && os.Args[1] == "healthcheck" {
		os.Exit(healthcheck())
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	database, err := openDatabase(ctx)
	if err != nil {
		return err
	}
	defer database.Close()
	password, err := secret("REDIS_PASSWORD_FILE")
	if err != nil {
		return err
	}
	cache := redis.NewClient(&redis.Options{
		Addr:        setting("REDIS_HOST", "redis") + ":6379",
		Password:    password,
		DialTimeout: 5 * time.Second,
	})
	defer cache.Close()

	server := &http.Server{
		Addr:              setting("LISTEN", ":8080"),
		Handler:           (&app{database, cache}).routes(),
		ReadHeaderTimeout: 10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	log.Printf("listening on %s, time zone %s", server.Addr, time.Local)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// Requests in progress are answered before the process ends.
	last, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	return server.Shutdown(last)
}

// openDatabase waits for MySQL, and makes the tables that are missing.
func openDatabase(ctx context.Context) (*sql.DB, error) {
	password, err := secret("MYSQL_PASSWORD_FILE")
	if err != nil {
		return nil, err
	}
	config := mysql.NewConfig()
	config.Net = "tcp"
	config.Addr = setting("MYSQL_HOST", "mysql") + ":3306"
	config.DBName = setting("MYSQL_DATABASE", "simpleapp")
	config.User = setting("MYSQL_USER", "simpleapp")
	config.Passwd = password
	config.ParseTime = true
	config.Loc = time.UTC
	config.Params = map[string]string{"time_zone": "'+00:00'"} // whatever TZ the server runs in
	config.Timeout = 5 * time.Second
	database, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		return nil, err
	}
	database.SetConnMaxLifetime(3 * time.Minute)
	database.SetMaxOpenConns(10)
	deadline := time.Now().Add(patience)
	for {
		err = database.PingContext(ctx)
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			break
		}
		time.Sleep(time.Second)
	}
	if err != nil {
		return nil, fmt.Errorf("mysql at %s does not answer: %w", config.Addr, err)
	}
	for _, table := range []string{
		`CREATE TABLE IF NOT EXISTS notes (
			id BIGINT AUTO_INCREMENT PRIMARY KEY,
			text TEXT NOT NULL,
			created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)`,
		`CREATE TABLE IF NOT EXISTS health (value CHAR(32) PRIMARY KEY)`,
	} {
		if _, err := database.ExecContext(ctx, table); err != nil {
			return nil, err
		}
	}
	return database, nil
}

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

// secret reads the file that the variable names.
func secret(variable string) (string, error) {
	path := os.Getenv(variable)
	if path == "" {
		return "", errors.New(variable + " must name a file")
	}
	content, err := os.ReadFile(path)
	return strings.TrimSpace(string(content)), err
}

// healthcheck asks the server beside it; the image has no other program to do so.
func healthcheck() int {
	_, port, _ := strings.Cut(setting("LISTEN", ":8080"), ":")
	client := http.Client{Timeout: 3 * time.Second}
	answer, err := client.Get("http://127.0.0.1:" + port + "/health")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		fmt.Fprintln(os.Stderr, answer.Status)
		return 1
	}
	return 0
}
