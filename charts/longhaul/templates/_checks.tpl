{{/*
Stops where the API server would refuse an object, before another one is installed. The schema can't compare values
with each other.
*/}}

{{- define "longhaul.checkValues" -}}
{{- include "longhaul.checkPorts" . -}}
{{- include "longhaul.checkLabels" (dict "path" "commonLabels" "labels" .Values.commonLabels "context" .) -}}
{{- include "longhaul.checkLabels" (dict "path" "podLabels" "labels" .Values.podLabels "context" .) -}}
{{- include "longhaul.checkAnnotations" . -}}
{{- with .Values.webhook.clientCA -}}
{{- if and .configMap .secret -}}
{{- fail "webhook.clientCA: both configMap and secret are set: leave one of them out" -}}
{{- end -}}
{{- end -}}
{{- include "longhaul.checkGuard" . -}}
{{- $name := include "longhaul.fullname" . -}}
{{- if not (regexMatch "^[a-z]" $name) -}}
{{- printf "the Service would be called %s, but must begin with a letter: set fullnameOverride" $name | fail -}}
{{- end -}}
{{- end }}

{{- define "longhaul.checkPorts" -}}
{{- $admin := .Values.admin.port | int -}}
{{- if eq $admin (.Values.webhook.port | int) -}}
{{- printf "webhook.port and admin.port are both %d: set one of them to another port" $admin | fail -}}
{{- end -}}
{{- if eq $admin 443 -}}
{{- fail "admin.port is 443, at which the Service answers the API server: set it to another port" -}}
{{- end -}}
{{- end }}

{{/* Somebody else would write the CA by turns with the webhook. */}}
{{- define "longhaul.checkAnnotations" -}}
{{- if ne .Values.certs.mode "cert-manager" -}}
{{- range $key, $_ := .Values.webhook.annotations | default dict -}}
{{- if or (hasPrefix "cert-manager.io/inject-" $key) (hasSuffix "/inject-cabundle" $key) -}}
{{- printf "webhook.annotations: %s has another CA injected than Longhaul's: leave it out, or set certs.mode to cert-manager" $key | fail -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Of a dict with `path`, `labels` and `context`. The selector must find the pods. */}}
{{- define "longhaul.checkLabels" -}}
{{- $labels := .labels | default dict -}}
{{- range $key, $_ := include "longhaul.selectorLabels" .context | fromYaml -}}
{{- if hasKey $labels $key -}}
{{- printf "%s: %s is in the selector of the webhook's pods, and the chart's to set: leave it out" $.path $key | fail -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The suffix is for vendors' versions, such as 1.29.4-gke.100. */}}
{{- define "longhaul.checkGuard" -}}
{{- $version := .Capabilities.KubeVersion.Version -}}
{{- if and .Values.guard.enabled (semverCompare "<1.30.0-0" $version) -}}
{{- printf "guard.enabled needs ValidatingAdmissionPolicy, which is there from Kubernetes 1.30 on; this is %s: set it to false" $version | fail -}}
{{- end -}}
{{- end }}
