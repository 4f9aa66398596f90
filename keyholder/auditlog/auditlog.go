// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// What is written at once at most. A crash tears no more than this.
const (
	maxBatch        = 256 << 10 // bytes
	maxBatchRecords = 1024
)

// ErrClosed reports that the log was closed.
var ErrClosed = errors.New("audit log is closed")

// Log is an open log. It is safe for concurrent use.
type Log struct {
	dir   string
	queue chan *waiting
	quit  chan struct{}
	done  chan struct{}
	stop  sync.Once
	index *index

	mu      sync.Mutex
	durable Head
	news    news
	broken  error

	// Of the committer alone.
	file  *os.File
	size  int64
	limit int64 // bytes after which the next segment begins
}

// waiting is a record to be written.
type waiting struct {
	text   []byte
	record Record
	err    chan error
}

// news tells whether there are records that no anchor is about.
type news struct {
	last     uint64 // length of the log with the newest record that is itself about no anchor
	anchored uint64 // longest that was anchored
}

// add takes a record, with which the log has a length.
func (n *news) add(r Record, length uint64) {
	if r.About == Anchored {
		n.anchored = max(n.anchored, r.Length)
	} else {
		n.last = length
	}
}

// Open opens the log in a directory, which must exist, or begins one. It verifies
// the newest segment, and cuts off a torn end as a crash leaves it: of that nothing
// was answered. What is cut off is kept beside the log. Any other damage is an error.
func Open(dir string) (*Log, error) {
	l := &Log{dir: dir, index: newIndex(dir), limit: segmentSize, queue: make(chan *waiting), quit: make(chan struct{}), done: make(chan struct{})}
	cut, err := l.open()
	if err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	go l.commit()
	if cut > 0 {
		if err := l.Append(Record{Time: time.Now(), About: Recovered, Bytes: uint64(cut)}); err != nil {
			return nil, errors.Join(fmt.Errorf("open audit log: %w", err), l.Close())
		}
	}
	return l, nil
}

// Append adds a record. It is durable when Append returns nil; many callers share
// one write.
func (l *Log) Append(r Record) error {
	text, err := r.encode()
	if err != nil {
		return err
	}
	w := &waiting{text, r, make(chan error, 1)}
	select {
	case l.queue <- w:
	case <-l.quit:
		return ErrClosed
	}
	return <-w.err
}

// Head returns the newest durable head.
func (l *Log) Head() Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.durable
}

// Err returns why nothing can be recorded any more; nil while it can.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// Contains reports whether the log has a head, as somebody was told of it. The
// error is ErrLacks if not. It reads no more than the end of one segment, and most
// of that once only, so that others cannot keep the holder busy with old heads.
func (l *Log) Contains(ctx context.Context, told Head) error {
	switch head := l.Head(); {
	case told == head:
		return nil
	case told.Length > head.Length:
		return lacksEnd(head, told)
	case told.Length == head.Length:
		return lacksHash(told)
	}
	return l.index.contains(ctx, told)
}

// Close waits for what is being written, and closes the log.
func (l *Log) Close() error {
	l.stop.Do(func() { close(l.quit) })
	<-l.done
	return l.file.Close()
}

// open finds the end of the log, and returns how many bytes it cut off.
func (l *Log) open() (cut int, err error) {
	names, err := segments(l.dir)
	if err != nil {
		return 0, err
	}
	if len(names) == 0 {
		return 0, l.begin(Head{})
	}
	path := filepath.Join(l.dir, names[len(names)-1])
	w, err := walkSegment(path, nil)
	if err != nil && !torn(path, w, err) {
		return 0, err
	}
	if w.offset == 0 { // torn within its first line: no record was in it yet
		return 0, l.beginAgain(names)
	}
	return l.resume(path, w)
}

// resume continues a segment after its good lines. What stands behind them is cut
// off, and kept in a file of its own.
func (l *Log) resume(path string, w walk) (cut int, err error) {
	rest, err := restOf(path, w.offset)
	if err != nil {
		return 0, err
	}
	if l.file, err = os.OpenFile(path, os.O_RDWR, 0o600); err != nil {
		return 0, err
	}
	if len(rest) > 0 {
		kept := filepath.Join(l.dir, fmt.Sprintf("torn-%020d", w.head.Length))
		err = os.WriteFile(kept, rest, 0o600)
		if err == nil {
			err = errors.Join(l.file.Truncate(w.offset), l.file.Sync())
		}
		if err != nil {
			return 0, errors.Join(err, l.file.Close())
		}
	}
	l.size = w.offset
	l.remember(w)
	return len(rest), nil
}

// remember takes over the end of a segment. Records before the last count as
// news, unless it is about just those.
func (l *Log) remember(w walk) {
	l.durable, l.news = w.head, news{last: w.head.Length}
	r, err := decodeRecord(w.last)
	if err == nil && r.About == Anchored && r.Length+1 == w.head.Length {
		l.news = news{anchored: r.Length}
	}
}

// beginAgain replaces the newest segment, of which not even the first line is
// whole, after what came before it.
func (l *Log) beginAgain(names []string) error {
	newest := names[len(names)-1]
	if len(names) > 1 {
		w, err := walkSegment(filepath.Join(l.dir, names[len(names)-2]), nil)
		if err != nil {
			return err
		}
		l.remember(w)
	}
	if newest != segmentName(l.durable.Length) {
		return fmt.Errorf("%s does not follow the segment before it", newest)
	}
	if err := os.Remove(filepath.Join(l.dir, newest)); err != nil {
		return err
	}
	return l.begin(l.durable)
}

// begin starts a segment.
func (l *Log) begin(before Head) error {
	path := filepath.Join(l.dir, segmentName(before.Length))
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	line := headerLine(before)
	if _, err = f.Write(line); err == nil {
		err = errors.Join(f.Sync(), syncDir(l.dir))
	}
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(path))
	}
	if l.file != nil {
		err = l.file.Close()
	}
	l.file, l.size = f, int64(len(line))
	return err
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// commit writes what waits, as much at once as there is.
func (l *Log) commit() {
	defer close(l.done)
	for {
		select {
		case first := <-l.queue:
			batch := l.gather(first)
			err := l.write(batch)
			for _, w := range batch {
				w.err <- err
			}
		case <-l.quit:
			return
		}
	}
}

// gather takes what else waits.
func (l *Log) gather(first *waiting) []*waiting {
	batch, size := []*waiting{first}, len(first.text)
	for len(batch) < maxBatchRecords && size+maxLine < maxBatch-maxBatchRecords*(hashDigits+2) {
		select {
		case w := <-l.queue:
			batch, size = append(batch, w), size+len(w.text)
		default:
			return batch
		}
	}
	return batch
}

// write makes a batch durable, or leaves the log as it was. If it cannot even do
// that, nothing is written any more: what is on the disk is not known then.
func (l *Log) write(batch []*waiting) error {
	if err := l.Err(); err != nil {
		return err
	}
	if l.size >= l.limit {
		if err := l.begin(l.Head()); err != nil {
			return fmt.Errorf("write audit log: %w", err)
		}
	}
	var b bytes.Buffer
	head, news := l.Head(), l.news
	for _, w := range batch {
		head = head.after(w.text)
		b.Write(appendLine(nil, head.Hash, w.text))
		news.add(w.record, head.Length)
	}
	_, err := l.file.WriteAt(b.Bytes(), l.size)
	if err == nil {
		err = datasync(l.file)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		if undone := errors.Join(l.file.Truncate(l.size), l.file.Sync()); undone != nil {
			l.broken = fmt.Errorf("audit log cannot be written any more: %w", errors.Join(err, undone))
		}
		return fmt.Errorf("write audit log: %w", err)
	}
	l.size += int64(b.Len())
	l.durable, l.news = head, news
	return nil
}
