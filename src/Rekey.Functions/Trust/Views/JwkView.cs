using System.Text.Json.Serialization;

namespace Rekey.Functions.Trust.Views;

/// <summary>A key of a key set: an EC key has <c>crv</c>, <c>x</c> and <c>y</c>, an RSA key <c>n</c> and <c>e</c>.</summary>
/// <param name="Use">Always <c>sig</c>.</param>
/// <param name="Alg">Only where the issuer is bound to one algorithm.</param>
public sealed record JwkView(
    string Kty,
    string Use,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Alg,
    string Kid
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Crv { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? X { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Y { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? N { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? E { get; init; }
}
