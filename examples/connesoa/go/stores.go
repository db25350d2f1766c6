package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

// replica is one server that answers reads.
type replica struct {
	address  string
	database *sql.DB
}

// stores are MySQL, its read replicas, and Redis.
type stores struct {
	primary  *sql.DB
	replicas []replica
	next     atomic.Uint64
	cache    *redis.Client
}

func openStores() (*stores, error) {
	password, err := os.ReadFile(setting("MYSQL_PASSWORD_FILE", "/run/secrets/mysql_password"))
	if err != nil {
		return nil, err
	}
	open := func(address string) (*sql.DB, error) {
		config := mysql.NewConfig()
		config.Net = "tcp"
		config.Addr = address
		config.DBName = setting("MYSQL_DATABASE", "connesoa")
		config.User = setting("MYSQL_USER", "connesoa")
		config.Passwd = strings.TrimSpace(string(password))
		config.ParseTime = true
		config.Timeout = 5 * time.Second
		config.ReadTimeout = 10 * time.Second
		database, err := sql.Open("mysql", config.FormatDSN())
		if err == nil {
			database.SetConnMaxLifetime(3 * time.Minute)
			database.SetMaxOpenConns(8)
			database.SetMaxIdleConns(2)
		}
		return database, err
	}
	primary, err := open(setting("MYSQL_HOST", "mysql") + ":3306")
	if err != nil {
		return nil, err
	}
	found := &stores{
		primary: primary,
		cache: redis.NewClient(&redis.Options{
			Addr:        setting("REDIS_ADDRESS", "redis:6379"),
			DialTimeout: 5 * time.Second,
		}),
	}
	for _, address := range names("MYSQL_READ_HOSTS") {
		if !strings.Contains(address, ":") {
			address += ":3306"
		}
		database, err := open(address)
		if err != nil {
			return nil, err
		}
		found.replicas = append(found.replicas, replica{address, database})
	}
	return found, nil
}

func (s *stores) close() {
	s.primary.Close()
	for _, r := range s.replicas {
		r.database.Close()
	}
	s.cache.Close()
}

// reader is the next replica, or the primary when there is none.
func (s *stores) reader() *sql.DB {
	if len(s.replicas) == 0 {
		return s.primary
	}
	return s.replicas[s.next.Add(1)%uint64(len(s.replicas))].database
}

func makeSchema() error {
	found, err := openStores()
	if err != nil {
		return err
	}
	defer found.close()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for {
		err = found.primary.PingContext(ctx)
		if err == nil || ctx.Err() != nil {
			break
		}
		time.Sleep(time.Second)
	}
	if err != nil {
		return fmt.Errorf("mysql does not answer: %w", err)
	}
	for _, table := range []string{
		`CREATE TABLE IF NOT EXISTS records (
			id BIGINT AUTO_INCREMENT PRIMARY KEY,
			service VARCHAR(64) NOT NULL,
			text TEXT NOT NULL,
			created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
			KEY records_of_service (service, id))`,
		`CREATE TABLE IF NOT EXISTS health (value CHAR(32) PRIMARY KEY)`,
	} {
		if _, err := found.primary.ExecContext(ctx, table); err != nil {
			return err
		}
	}
	fmt.Println("the schema is in place")
	return nil
}
