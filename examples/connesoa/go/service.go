package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const largestBody = 64 << 10

type service struct {
	name   string
	key    []byte
	calls  []string
	stores *stores
}

type record struct {
	ID      int64     `json:"id"`
	Text    string    `json:"text"`
	Created time.Time `json:"created"`
}

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.about)
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		s.answer(w, http.StatusOK, map[string]any{"ok": true, "service": s.name})
	})
	mux.HandleFunc("GET /health/deep", s.deepHealth)
	mux.HandleFunc("GET /replicas", s.replicas)
	mux.HandleFunc("GET /calls", s.callOthers)
	mux.HandleFunc("GET /records", s.records)
	mux.HandleFunc("POST /records", s.addRecord)
	mux.HandleFunc("GET /records/{id}", s.oneRecord)
	// Behind a route with a path, requests arrive with it: /pricing/records is /records.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, found := strings.CutPrefix(r.URL.Path, "/"+s.name)
		if found && (rest == "" || rest[0] == '/') {
			if r.URL.Path = rest; rest == "" {
				r.URL.Path = "/"
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// answer sends JSON, signed with the key that this service alone has.
func (s *service) answer(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	signature := hmac.New(sha256.New, s.key)
	signature.Write(body)
	w.Header().Set("content-type", "application/json")
	w.Header().Set("x-signature", hex.EncodeToString(signature.Sum(nil)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func (s *service) problem(w http.ResponseWriter, status int, text string) {
	s.answer(w, status, map[string]string{"error": text})
}

func (s *service) about(w http.ResponseWriter, _ *http.Request) {
	host, _ := os.Hostname()
	s.answer(w, http.StatusOK, map[string]string{"service": s.name, "language": "go", "host": host})
}

// callOthers asks every service that this one needs, by its name alone.
func (s *service) callOthers(w http.ResponseWriter, r *http.Request) {
	client := http.Client{Timeout: 5 * time.Second}
	calls := map[string]any{}
	ok := true
	for _, name := range s.calls {
		answer, err := ask(r.Context(), client, "http://"+name+":8000/")
		if err != nil {
			ok = false
			calls[name] = map[string]any{"ok": false, "error": err.Error()}
			continue
		}
		calls[name] = map[string]any{"ok": true, "answer": answer}
	}
	status := http.StatusOK
	if !ok {
		status = http.StatusServiceUnavailable
	}
	s.answer(w, status, map[string]any{"ok": ok, "calls": calls})
}

func ask(ctx context.Context, client http.Client, url string) (json.RawMessage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestBody))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	return body, err
}

func (s *service) records(w http.ResponseWriter, r *http.Request) {
	rows, err := s.stores.reader().QueryContext(r.Context(),
		"SELECT id, text, created FROM records WHERE service = ? ORDER BY id DESC LIMIT 50", s.name)
	if err != nil {
		s.problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	defer rows.Close()
	found := []record{}
	for rows.Next() {
		var one record
		if err := rows.Scan(&one.ID, &one.Text, &one.Created); err != nil {
			s.problem(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		found = append(found, one)
	}
	if err := rows.Err(); err != nil {
		s.problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	s.answer(w, http.StatusOK, map[string]any{"records": found})
}

func (s *service) addRecord(w http.ResponseWriter, r *http.Request) {
	var given record
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestBody)).Decode(&given)
	if err != nil || strings.TrimSpace(given.Text) == "" {
		s.problem(w, http.StatusBadRequest, "the body must be JSON with a text")
		return
	}
	result, err := s.stores.primary.ExecContext(r.Context(),
		"INSERT INTO records (service, text) VALUES (?, ?)", s.name, given.Text)
	if err == nil {
		given.ID, err = result.LastInsertId()
	}
	if err != nil {
		s.problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	s.answer(w, http.StatusCreated, map[string]any{"id": given.ID, "text": given.Text})
}

// oneRecord is read through the cache: a record never changes once it is written.
func (s *service) oneRecord(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.problem(w, http.StatusNotFound, "no such record")
		return
	}
	key := fmt.Sprintf("record:%s:%d", s.name, id)
	if cached, err := s.stores.cache.Get(r.Context(), key).Bytes(); err == nil {
		s.answer(w, http.StatusOK, json.RawMessage(cached))
		return
	}
	one := record{ID: id}
	err = s.stores.primary.QueryRowContext(r.Context(),
		"SELECT text, created FROM records WHERE service = ? AND id = ?", s.name, id).
		Scan(&one.Text, &one.Created)
	if errors.Is(err, sql.ErrNoRows) {
		s.problem(w, http.StatusNotFound, "no such record")
		return
	}
	if err != nil {
		s.problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	if encoded, err := json.Marshal(one); err == nil {
		s.stores.cache.Set(r.Context(), key, encoded, time.Hour)
	}
	s.answer(w, http.StatusOK, one)
}

func (s *service) deepHealth(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 15*time.Second)
	defer cancel()
	trips := s.stores.trips()
	services := map[string]trip{}
	var lock sync.Mutex
	var all sync.WaitGroup
	ok := true
	for name, run := range trips {
		all.Add(1)
		go func() {
			defer all.Done()
			result := roundTrip(ctx, run)
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
	s.answer(w, status, map[string]any{"ok": ok, "services": services})
}

// replicas lists the servers that answer reads, and whether each is read-only, as a replica is.
func (s *service) replicas(w http.ResponseWriter, r *http.Request) {
	found := []map[string]any{}
	for _, one := range s.stores.replicas {
		var readOnly bool
		err := one.database.QueryRowContext(r.Context(), "SELECT @@global.read_only").Scan(&readOnly)
		if err != nil {
			found = append(found, map[string]any{"server": one.address, "ok": false, "error": err.Error()})
			continue
		}
		found = append(found, map[string]any{"server": one.address, "ok": true, "replica": readOnly})
	}
	s.answer(w, http.StatusOK, map[string]any{"replicas": found})
}
