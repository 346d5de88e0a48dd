//! What tests need to be there before they begin, made through the API.

use serde_json::{Number, Value, json};

use crate::Client;

impl Client {
    /// A product of this SKU with so much on hand in the default warehouse; its id.
    pub async fn product(&self, sku: &str, on_hand: i64) -> i64 {
        self.product_with(json!({"sku": sku, "on_hand": on_hand})).await
    }

    /// A product with these fields; what it must have and they have not is made up. Its id.
    pub async fn product_with(&self, fields: Value) -> i64 {
        let mut body = json!({"price": "9.99", "currency": "EUR"});
        body["name"] = json!(format!("Product {}", fields["sku"].as_str().unwrap_or_default()));
        merge(&mut body, fields);
        if body["on_hand"] == 0 {
            body.as_object_mut().map(|body| body.remove("on_hand"));
        }
        self.post("/products", body).await.expect(201).id()
    }

    /// A warehouse of this code; its id.
    pub async fn warehouse(&self, code: &str) -> i64 {
        let body = json!({"code": code, "name": format!("Warehouse {code}")});
        self.post("/warehouses", body).await.expect(201).id()
    }

    /// A location of this kind in a warehouse; its id.
    pub async fn location(&self, warehouse: &str, code: &str, kind: &str) -> i64 {
        let body = json!({"warehouse": warehouse, "code": code, "kind": kind});
        self.post("/locations", body).await.expect(201).id()
    }

    /// A category, below another one if `parent` is given; its id.
    pub async fn category(&self, name: &str, parent: Option<i64>) -> i64 {
        let mut body = json!({"name": name});
        merge(&mut body, parent.map_or(json!({}), |id| json!({"parent_id": id})));
        self.post("/categories", body).await.expect(201).id()
    }

    /// A receipt of one product at a location; the id of the movement.
    pub async fn receive(&self, product_id: i64, location_id: i64, quantity: i64) -> i64 {
        let line = json!({"product_id": product_id, "location_id": location_id, "quantity": quantity});
        self.post("/stock-movements", json!({"kind": "receipt", "lines": [line]})).await.expect(201).id()
    }

    /// How much of a product is on hand, as the API writes it.
    pub async fn on_hand(&self, product_id: i64) -> Number {
        let product = self.get(&format!("/products/{product_id}")).await.expect(200);
        match &product.body["on_hand"] {
            Value::Number(number) => number.clone(),
            _ => panic!("there is no on_hand: {product}"),
        }
    }
}

fn merge(body: &mut Value, fields: Value) {
    if let (Value::Object(body), Value::Object(fields)) = (body, fields) {
        body.extend(fields);
    }
}
