using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Local.FunctionsHost.Envelopes;

/// <summary>
/// How the host turns a value into a member of Data or Metadata: bytes become base64, dates ISO text, objects stay
/// objects, and everything else becomes a JSON string that itself holds JSON.
/// </summary>
internal static class EnvelopeValues
{
    // The host serialises with Newtonsoft, which escapes no more than JSON demands.
    public static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonNode Of(JsonNode? value) => value is JsonObject ? value.DeepClone() : OfSerialized(value);

    public static JsonNode Of(string value) => OfSerialized(JsonValue.Create(value));

    public static JsonNode Of(long value) => OfSerialized(JsonValue.Create(value));

    public static JsonNode Of(byte[] value) => JsonValue.Create(Convert.ToBase64String(value));

    public static JsonNode Of(DateTimeOffset value) => JsonValue.Create(Iso(value));

    public static string Iso(DateTimeOffset value) => value.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz");

    private static JsonValue OfSerialized(JsonNode? value) => JsonValue.Create(value is null ? "null" : value.ToJsonString(Json));
}
