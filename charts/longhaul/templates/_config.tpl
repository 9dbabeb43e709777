{{/* The configuration file, and what follows from it. */}}

{{- define "longhaul.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $image := include "longhaul.image" (dict "image" .Values.initImage "context" .) -}}
{{- $_ := set $config.init "image" ($config.init.image | default $image) -}}
{{- $_ := set $config "excludedNamespaces" (include "longhaul.excludedNamespaces" . | fromYamlArray) -}}
{{- /* An empty map would mean none at all, where nothing written means what is usual. */ -}}
{{- range $name := list "requests" "limits" }}
{{- if not (index $config.init.resources $name) }}{{ $_ := unset $config.init.resources $name }}{{ end }}
{{- end -}}
{{- if not $config.kubernetesVersion }}{{ $_ := unset $config "kubernetesVersion" }}{{ end -}}
{{- $start := include "longhaul.startConfig" . | fromYaml -}}
{{ toYaml (merge $start $config) }}
{{- end }}

{{/* The part of it that is read only when a webhook starts. */}}
{{- define "longhaul.startConfig" -}}
{{- $name := include "longhaul.fullname" . -}}
cluster:
  service: {{ $name }}
  webhookConfiguration: {{ $name }}
certs:
  mode: {{ .Values.certs.mode }}
  secret: {{ include "longhaul.secret" . }}
  leafLifetime: {{ include "longhaul.text" .Values.certs.leafLifetime }}
  caLifetime: {{ include "longhaul.text" .Values.certs.caLifetime }}
{{- if include "longhaul.clientCASource" . }}
webhook:
  clientCA: {{ include "longhaul.clientCAFolder" . }}/ca.crt
{{- end }}
{{- end }}

{{- define "longhaul.clientCAFolder" -}}
/etc/longhaul-client-ca
{{- end }}

{{/* The volume's source; empty where no CA is named. */}}
{{- define "longhaul.clientCASource" -}}
{{- with .Values.webhook.clientCA -}}
{{- $items := list (dict "key" .key "path" "ca.crt") -}}
{{- if .configMap -}}
{{ dict "configMap" (dict "name" .configMap "items" $items) | toYaml }}
{{- else if .secret -}}
{{ dict "secret" (dict "secretName" .secret "items" $items) | toYaml }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The cluster's own pods must start without Longhaul, and Longhaul's too. */}}
{{- define "longhaul.excludedNamespaces" -}}
{{ concat (list "kube-system" .Release.Namespace) (.Values.config.excludedNamespaces | default list) | uniq | toYaml }}
{{- end }}

{{/* A value as it is written. Numbers in a file of values are floating-point ones, which %v would write as 7.776e+06. */}}
{{- define "longhaul.text" -}}
{{ kindIs "float64" . | ternary (. | toJson) (printf "%v" .) }}
{{- end }}

{{/*
The milliseconds of a duration such as 90s, 1h30m, 1500ms, or a number of seconds. Go's durations are written the
same way, and the only function that reads them moves a date.
*/}}
{{- define "longhaul.milliseconds" -}}
{{- $text := include "longhaul.text" . -}}
{{- $duration := regexMatch "[a-z]$" $text | ternary $text (printf "%ss" $text) -}}
{{- $start := now -}}
{{ ((mustDateModify $duration $start).Sub $start).Milliseconds }}
{{- end }}

{{/* Seconds from SIGTERM to SIGKILL: the preStop hook, both phases of the stop, and a margin. */}}
{{- define "longhaul.gracePeriodSeconds" -}}
{{- $settleMs := include "longhaul.milliseconds" .Values.config.shutdown.settle | int64 -}}
{{- $timeoutMs := include "longhaul.milliseconds" .Values.config.shutdown.timeout | int64 -}}
{{ divf (add $settleMs $timeoutMs) 1000 | ceil | add 10 }}
{{- end }}
