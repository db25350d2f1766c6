package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const largestBody = 64 << 10

type app struct {
	database *sql.DB
	cache    *redis.Client
}

type note struct {
	ID      int64     `json:"id"`
	Text    string    `json:"text"`
	Created time.Time `json:"created"`
}

type service struct {
	OK    bool   `json:"ok"`
	Value string `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
}

func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.home)
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]bool{"ok": true})
	})
	mux.HandleFunc("GET /health/deep", a.deepHealth)
	mux.HandleFunc("GET /notes", a.notes)
	mux.HandleFunc("POST /notes", a.addNote)
	mux.HandleFunc("GET /notes/{id}", a.oneNote)
	return mux
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("content-type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func problem(w http.ResponseWriter, status int, text string) {
	answer(w, status, map[string]string{"error": text})
}

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	visits, err := a.cache.Incr(r.Context(), "visits").Result()
	if err != nil {
		problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	host, _ := os.Hostname()
	answer(w, http.StatusOK, map[string]any{
		"name":   "simpleapp",
		"host":   host,
		"visits": visits,
		"time":   time.Now().Format(time.RFC3339),
		"zone":   time.Local.String(),
	})
}

func (a *app) notes(w http.ResponseWriter, r *http.Request) {
	rows, err := a.database.QueryContext(r.Context(),
		"SELECT id, text, created FROM notes ORDER BY id DESC LIMIT 50")
	if err != nil {
		problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	defer rows.Close()
	notes := []note{}
	for rows.Next() {
		var n note
		if err := rows.Scan(&n.ID, &n.Text, &n.Created); err != nil {
			problem(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		notes = append(notes, n)
	}
	if err := rows.Err(); err != nil {
		problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	answer(w, http.StatusOK, map[string]any{"notes": notes})
}

func (a *app) addNote(w http.ResponseWriter, r *http.Request) {
	var n note
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestBody)).Decode(&n)
	if err != nil || strings.TrimSpace(n.Text) == "" {
		problem(w, http.StatusBadRequest, "the body must be JSON with a text")
		return
	}
	result, err := a.database.ExecContext(r.Context(), "INSERT INTO notes (text) VALUES (?)", n.Text)
	if err == nil {
		n.ID, err = result.LastInsertId()
	}
	if err != nil {
		problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	answer(w, http.StatusCreated, map[string]any{"id": n.ID, "text": n.Text})
}

// oneNote is read through the cache: a note never changes once it is written.
func (a *app) oneNote(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		problem(w, http.StatusNotFound, "no such note")
		return
	}
	key := fmt.Sprintf("note:%d", id)
	if cached, err := a.cache.Get(r.Context(), key).Bytes(); err == nil {
		w.Header().Set("x-cache", "hit")
		answer(w, http.StatusOK, json.RawMessage(cached))
		return
	}
	n := note{ID: id}
	err = a.database.QueryRowContext(r.Context(),
		"SELECT text, created FROM notes WHERE id = ?", id).Scan(&n.Text, &n.Created)
	if errors.Is(err, sql.ErrNoRows) {
		problem(w, http.StatusNotFound, "no such note")
		return
	}
	if err != nil {
		problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	if encoded, err := json.Marshal(n); err == nil {
		a.cache.Set(r.Context(), key, encoded, time.Hour)
	}
	w.Header().Set("x-cache", "miss")
	answer(w, http.StatusOK, n)
}

// deepHealth writes a value of this request to every data service, and reads it back.
func (a *app) deepHealth(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	trips := map[string]func(context.Context, string) (string, error){
		"mysql": a.mysqlTrip,
		"redis": a.redisTrip,
	}
	services := map[string]service{}
	var lock sync.Mutex
	var all sync.WaitGroup
	ok := true
	for name, trip := range trips {
		all.Add(1)
		go func() {
			defer all.Done()
			result := roundTrip(ctx, trip)
			lock.Lock()
			defer lock.Unlock()
			services[name] = result
			ok = ok && result.OK
		}()
	}
	all.Wait()
	status := http.StatusOK
	if !ok {
		status = http.StatusServiceUnavailable
	}
	answer(w, status, map[string]any{"ok": ok, "services": services})
}

func roundTrip(ctx context.Context, trip func(context.Context, string) (string, error)) service {
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	value := hex.EncodeToString(random)
	read, err := trip(ctx, value)
	if err == nil && read != value {
		err = fmt.Errorf("wrote %s, read %q", value, read)
	}
	if err != nil {
		return service{Error: err.Error()}
	}
	return service{OK: true, Value: value}
}

func (a *app) mysqlTrip(ctx context.Context, value string) (read string, err error) {
	if _, err = a.database.ExecContext(ctx, "INSERT INTO health (value) VALUES (?)", value); err != nil {
		return "", err
	}
	err = a.database.QueryRowContext(ctx, "SELECT value FROM health WHERE value = ?", value).Scan(&read)
	if err != nil {
		return "", err
	}
	_, err = a.database.ExecContext(ctx, "DELETE FROM health WHERE value = ?", value)
	return read, err
}

func (a *app) redisTrip(ctx context.Context, value string) (string, error) {
	key := "health:" + value
	if err := a.cache.Set(ctx, key, value, time.Minute).Err(); err != nil {
		return "", err
	}
	return a.cache.GetDel(ctx, key).Result()
}
