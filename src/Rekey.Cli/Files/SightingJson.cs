using System.Text.Json;
using Rekey.Detections;

namespace Rekey.Cli.Files;

/// <summary>Writes a sighting as a JSON object, in the same form for a sweep's output and a sample's truth.</summary>
internal static class SightingJson
{
    /// <param name="type">The value of the member <c>type</c>; null for none.</param>
    public static void Write(Utf8JsonWriter json, Sighting sighting, string? type = null)
    {
        var token = sighting.Token;
        json.WriteStartObject();
        Text(json, "type", type);
        json.WriteString("verdict", sighting.Verdict.Code());
        json.WriteString("id", token.Id);
        json.WriteString("iss", token.Iss);
        Text(json, "jti", token.Jti);
        Text(json, "kid", token.Kid);
        Text(json, "sub", token.Sub);
        Text(json, "aud", token.Aud);
        Time(json, "issuedAt", token.IssuedAt);
        Time(json, "expiresAt", token.ExpiresAt);
        Text(json, "signingInputSha256", token.SigningInputSha256);
        Text(json, "keyThumbprint", token.KeyThumbprint);
        if (token.SignatureVerified is { } verified)
        {
            json.WriteBoolean("signatureVerified", verified);
        }

        Text(json, "address", sighting.SrcIpAddr);
        Time(json, "firstSeen", sighting.FirstSeen);
        Time(json, "lastSeen", sighting.LastSeen);
        json.WriteNumber("accesses", sighting.Accesses);
        if (sighting.IsUnsure)
        {
            json.WriteBoolean("mayBeIssued", true);
        }

        json.WriteEndObject();
    }

    public static void Time(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at)
        {
            json.WriteString(name, at.UtcDateTime);
        }
    }

    public static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}
