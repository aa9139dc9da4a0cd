package obs

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the numbers of one server. A nil *Metrics takes everything and keeps nothing.
type Metrics struct {
	registry *prometheus.Registry

	requests   *prometheus.CounterVec
	duration   *prometheus.HistogramVec
	rejections *prometheus.CounterVec
	auth       *prometheus.CounterVec
	dropped    prometheus.Counter
}

// New makes the metrics of a server of that version.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_scim_requests_total", Help: "SCIM requests by source, resource type, operation and status.",
		}, []string{"source", "resource", "operation", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "roster_scim_request_duration_seconds", Help: "Time to answer a SCIM request.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"resource", "operation"}),
		rejections: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_scim_rejections_total", Help: "Refused SCIM requests by source and rule of the explain catalogue.",
		}, []string{"source", "rule"}),
		auth: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_scim_auth_failures_total", Help: "SCIM requests without a valid token, by reason.",
		}, []string{"reason"}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "roster_request_log_dropped_total", Help: "Request records that were not kept because too many came at once.",
		}),
	}
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "roster_build_info", Help: "Always 1; the labels tell what runs.",
	}, []string{"version", "goversion"})
	info.WithLabelValues(version, runtime.Version()).Set(1)
	m.registry.MustRegister(m.requests, m.duration, m.rejections, m.auth, m.dropped, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Request counts an answered SCIM request. rule is empty unless the request was refused by one.
func (m *Metrics) Request(source, resource, operation string, status int, rule string, took time.Duration) {
	if m == nil {
		return
	}
	m.requests.WithLabelValues(source, resource, operation, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(resource, operation).Observe(took.Seconds())
	if rule != "" {
		m.rejections.WithLabelValues(source, rule).Inc()
	}
}

// AuthFailure counts a request without a valid token.
func (m *Metrics) AuthFailure(reason string) {
	if m != nil {
		m.auth.WithLabelValues(reason).Inc()
	}
}

// RequestsDropped counts request records that were not kept.
func (m *Metrics) RequestsDropped(n int) {
	if m != nil {
		m.dropped.Add(float64(n))
	}
}

// Gauge publishes a number that is read when metrics are scraped.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}
