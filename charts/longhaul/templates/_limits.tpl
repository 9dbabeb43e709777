{{/*
Stops where a value is out of its range, before a webhook does: one that runs would keep the file that it had, and
not start again. The schema can't tell that 10h is more than 32767s.
*/}}

{{- define "longhaul.checkLimits" -}}
{{- $limits := .Files.Get "files/limits.json" | fromJson -}}
{{- range $path, $range := $limits.values -}}
{{- $value := $.Values -}}
{{- range splitList "." $path }}{{ $value = index $value . }}{{ end -}}
{{- include "longhaul.checkLimit" (dict "path" $path "value" $value "range" $range) -}}
{{- end -}}
{{- $maps := dict "config.defaults" .Values.config.defaults -}}
{{- range $name, $profile := .Values.config.profiles }}{{ $_ := set $maps (printf "config.profiles.%s" $name) $profile }}{{ end -}}
{{- range $path, $map := $maps }}{{ range $key, $value := $map -}}
{{- with index $limits.settings $key -}}
{{- include "longhaul.checkLimit" (dict "path" (printf "%s.%s" $path $key) "value" $value "range" .) -}}
{{- end -}}
{{- end }}{{ end -}}
{{- $leaf := include "longhaul.milliseconds" .Values.certs.leafLifetime | int64 -}}
{{- if lt (include "longhaul.milliseconds" .Values.certs.caLifetime | int64) (mul 3 $leaf) -}}
{{- fail "certs.caLifetime is less than three times certs.leafLifetime" -}}
{{- end -}}
{{- end }}

{{/* Of a dict with `path`, `value` and `range`, which is in seconds or counts. */}}
{{- define "longhaul.checkLimit" -}}
{{- $text := include "longhaul.text" .value -}}
{{- /* Neither words nor names of ports. */ -}}
{{- if regexMatch "^[+]?([0-9.]+[hms]*)+$" $text -}}
{{- $number := divf (include "longhaul.milliseconds" .value | int64) 1000 -}}
{{- if or (lt $number (float64 .range.minimum)) (gt $number (float64 .range.maximum)) -}}
{{- printf "%s: %s is not between %v and %v%s" .path $text .range.minimum .range.maximum .range.unit | fail -}}
{{- end -}}
{{- end -}}
{{- end }}
