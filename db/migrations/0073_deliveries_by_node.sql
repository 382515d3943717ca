-- Deliveries are found from node to node (webhook_deliveries_order).
drop index webhook_deliveries_due;
