//! From the bytes of a JPEG to pixels: what comes before every model.

use jpeg_encoder::{ColorType, Encoder};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;

use crate::Workload;
use crate::input::Random;

/// Decoding with zune-jpeg. size: pixels along each side.
///
/// The encoder and the image that was encoded belong to the setup.
#[derive(Debug)]
pub struct Decode;

/// A JPEG and what it was made from.
#[derive(Debug)]
pub struct Picture {
    jpeg: Vec<u8>,
    /// Red, green, blue of each pixel, row by row.
    rgb: Vec<u8>,
}

impl Workload for Decode {
    type Input = Picture;
    type Output = Result<Vec<u8>, DecodeErrors>;

    fn setup(size: usize) -> Picture {
        let rgb = portrait(size);
        let side = u16::try_from(size).expect("the list has no side of 65536 pixels");
        let mut jpeg = Vec::new();
        Encoder::new(&mut jpeg, 85).encode(&rgb, side, side, ColorType::Rgb).expect("a vector takes all bytes");
        Picture { jpeg, rgb }
    }

    fn run(picture: &mut Picture) -> Result<Vec<u8>, DecodeErrors> {
        JpegDecoder::new(ZCursor::new(&picture.jpeg)).decode()
    }

    /// JPEG loses some; at quality 85 the mean error of such a picture is about 3 levels of 256.
    fn check(picture: &Picture, decoded: &Result<Vec<u8>, DecodeErrors>) {
        let decoded = decoded.as_ref().expect("the encoder wrote a JPEG");
        assert_eq!(decoded.len(), picture.rgb.len());
        let errors = decoded.iter().zip(&picture.rgb).map(|(&a, &b)| u64::from(a.abs_diff(b)));
        let mean = errors.sum::<u64>() as f64 / decoded.len() as f64;
        assert!(mean < 6.0, "mean error is {mean} levels");
    }
}

/// A bright oval on a gradient with grain: smooth parts, an edge and noise, as in a photograph.
fn portrait(side: usize) -> Vec<u8> {
    let mut random = Random::from_seed(0x0face);
    let mut rgb = Vec::with_capacity(3 * side * side);
    for y in 0..side {
        for x in 0..side {
            let (dx, dy) = (2 * x.abs_diff(side / 2), y.abs_diff(side / 2) * 3 / 2);
            let in_face = dx * dx + dy * dy < side * side / 3;
            let light = 64 + 96 * (x + y) / (2 * side) + random.below(9);
            let [r, g, b] = if in_face { [80, 50, 40] } else { [0, 10, 30] };
            rgb.extend([light + r, light + g, light + b].map(|level| level.min(255) as u8));
        }
    }
    rgb
}
