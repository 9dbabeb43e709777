{{/* Who may speak with pods of the chart, and they with whom, of a dict with `ports`, by name, and `context`. */}}
{{- define "longhaul.networkRules" -}}
{{- $policy := .context.Values.networkPolicy -}}
policyTypes: [Ingress, Egress]
ingress:
  {{- if not $policy.from }}
  # From anywhere: API servers, kubelets and, in other namespaces, Prometheus have no selector in common.
  {{- end }}
  - ports:
      {{- range .ports }}
      - port: {{ . }}
      {{- end }}
    {{- with $policy.from }}
    from:
      {{- toYaml . | nindent 6 }}
    {{- end }}
egress:
  - ports:
      {{- range $policy.apiServerPorts }}
      - port: {{ . | int }}
      {{- end }}
  - ports:
      - port: 53
        protocol: UDP
      - port: 53
        protocol: TCP
{{- end }}
