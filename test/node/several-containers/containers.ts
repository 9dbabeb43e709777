/** Containers that serve together: nginx at port 8000, what is behind it, and an exporter of metrics. */

import type { V1Container } from '@kubernetes/client-node'
import { apps, appUser } from '../pods.ts'

const folder = '/configuration'

/** A connection to what is behind it for each request, as its default is. */
const nginxConf = (pass: string) => `
daemon off;
error_log stderr crit;
pid /tmp/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path /tmp;
  proxy_temp_path /tmp;
  fastcgi_temp_path /tmp;
  uwsgi_temp_path /tmp;
  scgi_temp_path /tmp;
  server {
    listen 8000;
    keepalive_requests 1000000;
    location / { ${pass} }
  }
}
`

const phpFpmConf = `
[global]
error_log = /dev/stderr
[www]
listen = 127.0.0.1:9000
pm = static
pm.max_children = 2
`

/** The files of them all. */
export const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'configuration' },
  data: {
    'node.conf': nginxConf('proxy_pass http://127.0.0.1:8080;'),
    'php.conf': nginxConf(`
      fastcgi_pass 127.0.0.1:9000;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param SCRIPT_FILENAME ${folder}/index.php;
    `),
    'php-fpm.conf': phpFpmConf,
    'index.php': '<?php echo "served";',
  },
}
export const volumes = [{ name: 'configuration', configMap: { name: configMap.metadata.name } }]
const volumeMounts = [{ name: 'configuration', mountPath: folder }]
/** As root, nginx and php-fpm would look for a user to become. */
const securityContext = { runAsUser: appUser }

export function nginx(conf: 'node.conf' | 'php.conf'): V1Container {
  return {
    name: 'nginx',
    image: apps,
    command: ['nginx', '-e', 'stderr', '-c', `${folder}/${conf}`],
    securityContext,
    ports: [{ containerPort: 8000 }],
    readinessProbe: { httpGet: { port: 8000 }, periodSeconds: 1 },
    volumeMounts,
  }
}

/** Ends at once at SIGTERM, as php-fpm does. */
export const backend: V1Container = { name: 'backend', image: apps, command: ['node', '/app/sessions.mjs'] }

export const phpFpm: V1Container = {
  name: 'php-fpm',
  image: apps,
  command: ['sh', '-c', `exec /usr/sbin/php-fpm* --nodaemonize --fpm-config ${folder}/php-fpm.conf`],
  securityContext,
  volumeMounts,
}

export const exporter: V1Container = {
  name: 'exporter',
  image: apps,
  command: ['sh', '-c', 'trap exit TERM; python3 -m http.server 9090 & wait'],
  ports: [{ name: 'metrics', containerPort: 9090 }],
}
