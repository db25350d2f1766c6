package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// trip is the answer of one data service.
type trip struct {
	OK    bool   `json:"ok"`
	Value string `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
}

type run func(ctx context.Context, value string) (string, error)

// trips are the round trips of every data service, read replicas included.
func (s *stores) trips() map[string]run {
	found := map[string]run{"mysql": s.mysqlTrip, "redis": s.redisTrip}
	for _, r := range s.replicas {
		name, _, _ := strings.Cut(r.address, ":")
		found[name] = s.replicaTrip(r)
	}
	return found
}

// roundTrip writes a value made for this request, and reads it back.
func roundTrip(ctx context.Context, run run) trip {
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	value := hex.EncodeToString(random)
	read, err := run(ctx, value)
	if err == nil && read != value {
		err = fmt.Errorf("wrote %s, read %q", value, read)
	}
	if err != nil {
		return trip{Error: err.Error()}
	}
	return trip{OK: true, Value: value}
}

const (
	insertValue = "INSERT INTO health (value) VALUES (?)"
	selectValue = "SELECT value FROM health WHERE value = ?"
	deleteValue = "DELETE FROM health WHERE value = ?"
)

func (s *stores) mysqlTrip(ctx context.Context, value string) (read string, err error) {
	if _, err = s.primary.ExecContext(ctx, insertValue, value); err != nil {
		return "", err
	}
	if err = s.primary.QueryRowContext(ctx, selectValue, value).Scan(&read); err != nil {
		return "", err
	}
	_, err = s.primary.ExecContext(ctx, deleteValue, value)
	return read, err
}

// replicaTrip writes to the primary, and waits until the replica has the value.
func (s *stores) replicaTrip(r replica) run {
	return func(ctx context.Context, value string) (read string, err error) {
		if _, err = s.primary.ExecContext(ctx, insertValue, value); err != nil {
			return "", err
		}
		defer func() { _, _ = s.primary.ExecContext(context.WithoutCancel(ctx), deleteValue, value) }()
		for range 50 {
			err = r.database.QueryRowContext(ctx, selectValue, value).Scan(&read)
			if !errors.Is(err, sql.ErrNoRows) {
				return read, err
			}
			time.Sleep(100 * time.Millisecond)
		}
		return "", fmt.Errorf("%s did not get the value within 5 s", r.address)
	}
}

func (s *stores) redisTrip(ctx context.Context, value string) (string, error) {
	key := "health:" + value
	if err := s.cache.Set(ctx, key, value, time.Minute).Err(); err != nil {
		return "", err
	}
	return s.cache.GetDel(ctx, key).Result()
}
