{{/* What the webhook configurations share. Entries never change their names, so that the CA in them stays. */}}

{{- define "longhaul.webhookMetadata" -}}
{{ include "longhaul.clusterMetadata" . }}
{{- $certManager := dict -}}
{{- if eq .Values.certs.mode "cert-manager" -}}
{{- $certificate := printf "%s/%s" .Release.Namespace (include "longhaul.fullname" .) -}}
{{- $certManager = dict "cert-manager.io/inject-ca-from" $certificate -}}
{{- end -}}
{{- with merge $certManager (.Values.webhook.annotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Of a dict with `path` and `context`. There is no caBundle: the webhook or cert-manager writes it. */}}
{{- define "longhaul.clientConfig" -}}
service:
  name: {{ include "longhaul.fullname" .context }}
  namespace: {{ .context.Release.Namespace }}
  path: {{ .path }}
{{- with .context.Values.certs }}
{{- if and .caBundle (eq .mode "provided") }}
caBundle: {{ .caBundle | b64enc }}
{{- end }}
{{- end }}
{{- end }}

{{/* The selector's expression that leaves namespaces out. */}}
{{- define "longhaul.otherNamespaces" -}}
key: kubernetes.io/metadata.name
operator: NotIn
values:
  {{- include "longhaul.excludedNamespaces" . | nindent 2 }}
{{- end }}

{{- define "longhaul.podWebhook" -}}
rules:
  - apiGroups: ['']
    apiVersions: [v1]
    operations: [CREATE]
    resources: [pods]
    scope: Namespaced
clientConfig:
  {{- include "longhaul.clientConfig" (dict "path" "/mutate" "context" .) | nindent 2 }}
failurePolicy: {{ .Values.webhook.failurePolicy }}
timeoutSeconds: {{ .Values.webhook.timeoutSeconds | int }}
matchPolicy: Equivalent
reinvocationPolicy: IfNeeded
sideEffects: None
admissionReviewVersions: [v1]
{{- end }}

{{/*
A CEL expression: whether a map, which may be absent, holds settings. The status is what Longhaul notes itself; the
others are for the guard and the agent. An expression that ends in an error would refuse the request under
failurePolicy Fail.
*/}}
{{- define "longhaul.hasSettings" -}}
has({{ . }}) && {{ . }}.exists(key, key.startsWith("longhaul.dev/") && !(key in ["longhaul.dev/status", "longhaul.dev/force-delete", "longhaul.dev/stale-connections"]))
{{- end }}
