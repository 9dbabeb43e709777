{{/* What everything is called and labelled. */}}

{{- define "longhaul.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/*
The release's name, with the chart's where that is not in it. Short enough for "-dashboard" behind it. Names of
releases may have dots, those of Services not.
*/}}
{{- define "longhaul.fullname" -}}
{{- $name := include "longhaul.name" . -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{ .Values.fullnameOverride | default $full | replace "." "-" | trunc 52 | trimAll "-" }}
{{- end }}

{{- define "longhaul.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "longhaul.fullname" .) "default") }}
{{- end }}

{{- define "longhaul.secret" -}}
{{ .Values.certs.secret | default (printf "%s-tls" (include "longhaul.fullname" .)) }}
{{- end }}

{{/* They stay the same for the life of a release: a Deployment's selector can't be changed. */}}
{{- define "longhaul.selectorLabels" -}}
app.kubernetes.io/name: {{ include "longhaul.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "longhaul.labels" -}}
{{ include "longhaul.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Name, namespace and labels of an object in the release's namespace. */}}
{{- define "longhaul.metadata" -}}
{{ include "longhaul.clusterMetadata" . }}
namespace: {{ .Release.Namespace }}
{{- end }}

{{/* The same of an object that is in no namespace. */}}
{{- define "longhaul.clusterMetadata" -}}
name: {{ include "longhaul.fullname" . }}
labels:
  {{- include "longhaul.labels" . | nindent 2 }}
{{- end }}

{{/* An image's reference, of a dict with `image` and `context`. */}}
{{- define "longhaul.image" -}}
{{- $version := .image.tag | default .context.Chart.AppVersion | printf ":%s" -}}
{{- $suffix := empty .image.digest | ternary $version (printf "@%s" .image.digest) -}}
{{ with .image.registry }}{{ . }}/{{ end }}{{ .image.repository }}{{ $suffix }}
{{- end }}

{{/* The agent's objects: other labels than the webhook's, whose selector must not find its pods. */}}
{{- define "longhaul.agentName" -}}
{{ include "longhaul.fullname" . }}-agent
{{- end }}

{{- define "longhaul.agentSelectorLabels" -}}
app.kubernetes.io/name: {{ include "longhaul.name" . }}-agent
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "longhaul.agentMetadata" -}}
{{ include "longhaul.agentClusterMetadata" . }}
namespace: {{ .Release.Namespace }}
{{- end }}

{{- define "longhaul.agentClusterMetadata" -}}
name: {{ include "longhaul.agentName" . }}
labels:
  {{- $labels := include "longhaul.labels" . | fromYaml }}
  {{- merge (include "longhaul.agentSelectorLabels" . | fromYaml) $labels | toYaml | nindent 2 }}
{{- end }}
