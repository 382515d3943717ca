-- Old events are deleted in batches, and their deliveries with them: those are found by their event.
create index webhook_deliveries_event on webhook_deliveries (event_id);
