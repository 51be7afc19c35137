using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Departures.Reading;
using Rekey.Functions.Rotations;
using Rekey.Trust;

namespace Rekey.Functions.Departures.Views;

/// <summary>A key that a person who left could have used or taken.</summary>
/// <param name="Key">Vault authority and name.</param>
/// <param name="Urgency">Null when only an earlier assessment exposed the key.</param>
/// <param name="Mode">How far Rekey responds without an approver; null when only an earlier assessment exposed the key.</param>
/// <param name="Outcome">What became of the request to rotate it; null before there is one.</param>
/// <param name="Rotation">
/// The rotation that this departure ordered; null while there is none. A later rotation of the key does not change it.
/// </param>
/// <param name="Earlier">What came of it before more became known about the departure, in order; and of the second look.</param>
public sealed record ExposedKeyView(
    string Key,
    string? Urgency,
    [property: JsonConverter(typeof(JsonStringEnumConverter<ResponseMode>))] ResponseMode? Mode,
    IReadOnlyList<string> Reasons,
    OutcomeView? Outcome,
    RotationView? Rotation,
    IReadOnlyList<EarlierResponseView> Earlier
)
{
    public static ExposedKeyView Of(ExposedKey key, string cause, TrustOptions trust)
    {
        var present = key.Responses.FirstOrDefault(r => string.Equals(r.Cause.Cause, cause, StringComparison.Ordinal));
        return new(
            key.KeyId,
            key.Plan?.Urgency,
            key.Plan?.Mode,
            key.Plan?.Reasons ?? [],
            present is null ? null : OutcomeView.Of(present.Cause),
            RotationOf(present, trust),
            [.. key.Responses.Where(r => r != present).Select(r => new EarlierResponseView(OutcomeView.Of(r.Cause), RotationOf(r, trust)))]
        );
    }

    private static RotationView? RotationOf(KeyResponse? response, TrustOptions trust) =>
        response?.Rotation is { } rotation ? RotationView.Of(rotation, trust) : null;
}
