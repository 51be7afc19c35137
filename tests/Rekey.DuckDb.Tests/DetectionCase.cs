using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Rekey.Sweeps;

namespace Rekey.DuckDb.Tests;

/// <summary>A file of a detection's <c>cases/</c>.</summary>
internal sealed record DetectionCase(string About,
    [property: JsonPropertyName("TokenIssuance")] IReadOnlyList<JsonObject> TokenIssuance,
    [property: JsonPropertyName("GatewayAccess")] IReadOnlyList<JsonObject> GatewayAccess,
    IReadOnlyList<JsonObject> Expected, IReadOnlyList<KidWindow>? Windows = null, DetectionCase.Limits? Parameters = null, DateTimeOffset? ArrivedUntil = null)
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        PropertyNameCaseInsensitive = false,
    };

    public static DetectionCase Read(string path) => JsonSerializer.Deserialize<DetectionCase>(File.ReadAllText(path), Strict)!;

    public SweepParameters ToParameters() => CaseEngine.Usual with
    {
        Windows = Windows ?? [],
        MaxNetworksPerToken = Parameters?.MaxNetworksPerToken ?? CaseEngine.Usual.MaxNetworksPerToken,
        MaxAddressesPerToken = Parameters?.MaxAddressesPerToken ?? CaseEngine.Usual.MaxAddressesPerToken,
    };

    internal sealed record Limits(int? MaxNetworksPerToken = null, int? MaxAddressesPerToken = null);
}
