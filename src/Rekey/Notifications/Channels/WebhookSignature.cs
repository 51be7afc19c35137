using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rekey.Notifications.Channels;

/// <summary>
/// Signs a webhook's request as the Standard Webhooks specification says: HMAC-SHA256 over id, time and body with dots between them.
/// </summary>
internal static class WebhookSignature
{
    /// <summary>Gives the three headers of the request.</summary>
    public static IReadOnlyDictionary<string, string> Headers(string id, DateTimeOffset now, ReadOnlySpan<byte> body, byte[] key)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{time}."));
        hmac.AppendData(body);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["webhook-id"] = id,
            ["webhook-timestamp"] = time,
            ["webhook-signature"] = $"v1,{Convert.ToBase64String(hmac.GetHashAndReset())}",
        };
    }
}
