//! One verification in-process: "is this the face of that user?", from the bytes of the request
//! to the bytes of the response.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine};
use bench_meter::FixedHashMap;
use serde::{Deserialize, Serialize};

use crate::{Workload, input, similarity};

/// Numbers in an embedding, as in ArcFace.
const EMBEDDING_LEN: usize = 512;

const TENANTS: usize = 16;
const FACES_PER_TENANT: usize = 16;

/// A verification. size: kilobytes (1024 bytes) of the image in the request.
///
/// Counts as the service's: decoding JSON and base64, looking up tenant and face, the stand-in for
/// the model, comparing, formatting. Its promise is fewer than 10 allocations per request.
#[derive(Debug)]
pub struct Verify;

/// A service that knows faces, and a request to it.
#[derive(Debug)]
pub struct Call {
    service: Service,
    request: Vec<u8>,
}

impl Workload for Verify {
    type Input = Call;
    type Output = Result<Vec<u8>, VerifyError>;

    const IS_WAITED_FOR: bool = true;

    fn setup(size: usize) -> Call {
        let image = input::bytes(0x1a6e, size * 1024);
        let (tenant, user) = (tenant_name(TENANTS / 2), user_name(FACES_PER_TENANT / 2));
        let mut service = Service::with_random_faces();
        service.enrol(&tenant, &user, &image);
        let request =
            VerifyRequest { tenant: tenant.into(), user: user.into(), image: BASE64_STANDARD.encode(&image).into() };
        let request = serde_json::to_vec(&request).expect("strings always become JSON");
        Call { service, request }
    }

    fn run(call: &mut Call) -> Result<Vec<u8>, VerifyError> {
        call.service.verify(&call.request)
    }

    fn check(call: &Call, response: &Result<Vec<u8>, VerifyError>) {
        let response = response.as_ref().expect("the request is sound");
        let response: serde_json::Value = serde_json::from_slice(response).expect("a response is JSON");
        let similarity = response["similarity"].as_f64().expect("similarity is a number");
        assert!(1.0 - 1e-5 < similarity && similarity < 1.0 + 1e-5, "the face is compared with itself");
        assert_eq!(response["verified"], true);
        assert_eq!(response["user"], user_name(FACES_PER_TENANT / 2));

        let stranger = String::from_utf8(call.request.clone()).expect("a request is text");
        let stranger = stranger.replace(&user_name(FACES_PER_TENANT / 2), &user_name(0));
        let response = call.service.verify(stranger.as_bytes()).expect("the request is sound");
        let response: serde_json::Value = serde_json::from_slice(&response).expect("a response is JSON");
        assert_eq!(response["verified"], false);

        assert!(matches!(call.service.verify(b"{"), Err(VerifyError::Request(_))));
        let nobody = br#"{"tenant":"nobody","user":"","image":""}"#;
        assert!(matches!(call.service.verify(nobody), Err(VerifyError::UnknownTenant)));
    }
}

/// Why a request gets no answer.
#[derive(Debug)]
pub enum VerifyError {
    /// The request is not JSON, or not this JSON.
    Request(serde_json::Error),
    /// No tenant of that name.
    UnknownTenant,
    /// The tenant has no face of that user.
    UnknownUser,
    /// The image is not base64.
    Image(base64::DecodeError),
    /// The response could not be written.
    Response(serde_json::Error),
}

/// Text is borrowed from the bytes of the request unless it has escapes in it.
#[derive(Serialize, Deserialize)]
struct VerifyRequest<'a> {
    #[serde(borrow)]
    tenant: Cow<'a, str>,
    #[serde(borrow)]
    user: Cow<'a, str>,
    #[serde(borrow)]
    image: Cow<'a, str>,
}

#[derive(Serialize)]
struct VerifyResponse<'a> {
    user: &'a str,
    verified: bool,
    similarity: f32,
    threshold: f32,
}

#[derive(Debug)]
struct Service {
    tenants: FixedHashMap<String, Tenant>,
}

#[derive(Debug)]
struct Tenant {
    /// The least cosine that counts as the same face.
    threshold: f32,
    faces: FixedHashMap<String, Vec<f32>>,
}

impl Service {
    fn with_random_faces() -> Service {
        let tenants = (0..TENANTS).map(|tenant| (tenant_name(tenant), Tenant::with_random_faces(tenant)));
        Service { tenants: tenants.collect() }
    }

    fn enrol(&mut self, tenant: &str, user: &str, image: &[u8]) {
        let tenant = self.tenants.get_mut(tenant).expect("setup enrols with a tenant that it made");
        tenant.faces.insert(user.to_owned(), embed(image).to_vec());
    }

    fn verify(&self, request: &[u8]) -> Result<Vec<u8>, VerifyError> {
        let request: VerifyRequest = serde_json::from_slice(request).map_err(VerifyError::Request)?;
        let tenant = self.tenants.get(&*request.tenant).ok_or(VerifyError::UnknownTenant)?;
        let stored = tenant.faces.get(&*request.user).ok_or(VerifyError::UnknownUser)?;
        let image = BASE64_STANDARD.decode(&*request.image).map_err(VerifyError::Image)?;
        let similarity = similarity::cosine(&embed(&image), stored);
        let response = VerifyResponse {
            user: &request.user,
            verified: tenant.threshold <= similarity,
            similarity,
            threshold: tenant.threshold,
        };
        let mut bytes = Vec::with_capacity(128 + request.user.len());
        serde_json::to_writer(&mut bytes, &response).map_err(VerifyError::Response)?;
        Ok(bytes)
    }
}

impl Tenant {
    fn with_random_faces(tenant: usize) -> Tenant {
        let face = |user: usize| {
            let seed = (tenant * FACES_PER_TENANT + user) as u64;
            (user_name(user), input::embedding(seed, EMBEDDING_LEN))
        };
        Tenant { threshold: 0.6, faces: (0..FACES_PER_TENANT).map(face).collect() }
    }
}

fn tenant_name(index: usize) -> String {
    format!("tenant-{index:03}")
}

fn user_name(index: usize) -> String {
    format!("user-{index:03}")
}

/// Stands in for the model, which is not ours to measure: each number is the mean of its part of
/// the image, less the mean of all. Every byte matters, like images are near each other, and it is
/// as quick as reading the image.
fn embed(image: &[u8]) -> [f32; EMBEDDING_LEN] {
    let mut embedding = [0.0; EMBEDDING_LEN];
    let part_len = image.len().div_ceil(EMBEDDING_LEN).max(1);
    for (number, part) in embedding.iter_mut().zip(image.chunks(part_len)) {
        let sum: u32 = part.iter().map(|&byte| u32::from(byte)).sum();
        *number = sum as f32 / part.len() as f32;
    }
    let mean = embedding.iter().sum::<f32>() / EMBEDDING_LEN as f32;
    for number in &mut embedding {
        *number -= mean;
    }
    embedding
}
