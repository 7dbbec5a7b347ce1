-- What version 0.1.0 has left: a publish that was open when the process was killed, and an ending that was due.
BEGIN TRANSACTION;
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "counter" VALUES('client_id',1001);
CREATE TABLE event (
    id TEXT PRIMARY KEY, service TEXT NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL, event TEXT NOT NULL,
    url TEXT NOT NULL, payload TEXT NOT NULL, lane TEXT NOT NULL, admitted_by TEXT NOT NULL,
    due_at INTEGER NOT NULL, facts TEXT NOT NULL, streams TEXT NOT NULL, body TEXT NOT NULL,
    attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, cause TEXT NOT NULL, send_bytes INTEGER NOT NULL,
    recv_bytes INTEGER NOT NULL, checkpoint_at INTEGER NOT NULL
  ) WITHOUT ROWID;
INSERT INTO "event" VALUES('01M8NV4QE71FSSSEW5DRV8V6NE-on_unpublish-0','9ural3ue','open',1796029439431000,'on_unpublish','{url}','full','9ural3ue:2','',1796029439431,'{"sessionId":"01M8NV4QE71FSSSEW5DRV8V6NE","serverId":"vid-29d594u","serviceId":"9ural3ue","clientId":2,"ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","tcUrl":"rtmp://127.0.0.1:1935/live","pageUrl":"","protocol":"rtmp","startedAt":1796029439431,"stream":{"stream":"one","param":"?token=t1","streamUrl":"/live/one","streamId":"vid-4nmm2li"}}','["__defaultVhost__/live/one"]','',0,0,'',3908,206987,1796029449480);
INSERT INTO "event" VALUES('01M8NV4QERK4AY5VZRD199A8TE-on_unpublish-0','9ural3ue','due',1796029448536000,'on_unpublish','{url}','full','9ural3ue:1','',1796029448536,'{"sessionId":"01M8NV4QERK4AY5VZRD199A8TE","serverId":"vid-29d594u","serviceId":"9ural3ue","clientId":1,"ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","tcUrl":"rtmp://127.0.0.1:1935/live","pageUrl":"","protocol":"rtmp","startedAt":1796029439448,"stream":{"stream":"two","param":"","streamUrl":"/live/two","streamId":"vid-vw7zs5r"}}','["__defaultVhost__/live/two"]','{"action":"on_unpublish","client_id":1,"ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","stream":"two","tcUrl":"rtmp://127.0.0.1:1935/live","param":"","stream_url":"/live/two","stream_id":"vid-vw7zs5r","server_id":"vid-29d594u","service_id":"9ural3ue","session_id":"01M8NV4QERK4AY5VZRD199A8TE","protocol":"rtmp","time":"2026-11-30T09:04:08.536Z","reason":"client","duration_ms":9088,"send_bytes":3908,"recv_bytes":199264}',2,1796029450478,'tcp connect error: Connection refused (os error 111)',3908,199264,1796029447475);
CREATE INDEX event_order ON event (service, seq);
COMMIT;
PRAGMA user_version = 1;
