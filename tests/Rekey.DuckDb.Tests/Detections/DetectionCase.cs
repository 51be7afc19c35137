using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;

namespace Rekey.DuckDb.Tests.Detections;

/// <summary>A file of a detection's <c>cases/</c>.</summary>
internal sealed record DetectionCase(
    string About,
    [property: JsonPropertyName("TokenIssuance")] IReadOnlyList<JsonObject> TokenIssuance,
    [property: JsonPropertyName("GatewayAccess")] IReadOnlyList<JsonObject> GatewayAccess,
    IReadOnlyList<JsonObject> Expected,
    IReadOnlyList<KidWindow>? Windows = null,
    DetectionCase.Limits? Parameters = null,
    DateTimeOffset? ArrivedUntil = null
)
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        PropertyNameCaseInsensitive = false,
    };

    public static DetectionCase Read(string path) => JsonSerializer.Deserialize<DetectionCase>(File.ReadAllText(path), Strict)!;

    public SweepParameters ToParameters() =>
        CaseEngine.Usual with
        {
            Windows = Windows ?? [],
            MaxNetworksPerToken = Parameters?.MaxNetworksPerToken ?? CaseEngine.Usual.MaxNetworksPerToken,
            MaxAddressesPerToken = Parameters?.MaxAddressesPerToken ?? CaseEngine.Usual.MaxAddressesPerToken,
        };

    /// <summary>A row that came out, as it would be written in a case: without what is null, in the order of the names.</summary>
    public static string RowOf(Sighting s) =>
        Sorted(
            new Dictionary<string, JsonNode?>
            {
                ["Verdict"] = s.Verdict.Code(),
                ["Iss"] = s.Token.Iss.Length > 0 ? s.Token.Iss : null,
                ["Jti"] = s.Token.Jti,
                ["Kid"] = s.Token.Kid,
                ["Sub"] = s.Token.Sub,
                ["Aud"] = s.Token.Aud,
                ["IssuedAt"] = Time(s.Token.IssuedAt),
                ["ExpiresAt"] = Time(s.Token.ExpiresAt),
                ["SigningInputSha256"] = s.Token.SigningInputSha256,
                ["KeyThumbprint"] = s.Token.KeyThumbprint,
                ["SignatureVerified"] = s.Token.SignatureVerified,
                ["SrcIpAddr"] = s.SrcIpAddr,
                ["FirstSeen"] = Time(s.FirstSeen),
                ["LastSeen"] = Time(s.LastSeen),
                ["Accesses"] = s.Accesses,
            }
        );

    public static string RowOf(IssuanceGap g) =>
        Sorted(
            new Dictionary<string, JsonNode?>
            {
                ["Iss"] = g.Iss,
                ["IssuerInstance"] = g.IssuerInstance,
                ["From"] = Time(g.From),
                ["To"] = Time(g.To),
                ["Missing"] = g.Missing,
            }
        );

    public static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'");

    public static string Sorted(IEnumerable<KeyValuePair<string, JsonNode?>> row) =>
        JsonSerializer.Serialize(
            row.Where(c => c.Value is not null)
                .OrderBy(c => c.Key, StringComparer.Ordinal)
                .ToDictionary(c => c.Key, c => c.Value!.DeepClone())
        );

    internal sealed record Limits(int? MaxNetworksPerToken = null, int? MaxAddressesPerToken = null);
}
