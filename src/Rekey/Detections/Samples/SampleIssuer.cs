using Rekey.Detections.Samples.Stories;

namespace Rekey.Detections.Samples;

/// <summary>An issuer with several instances, each of which numbers its lines without a gap.</summary>
internal sealed class SampleIssuer(
    string iss,
    string algorithm,
    TimeSpan lifetime,
    bool logsHash,
    string[] audiences,
    string[] clients,
    int instances,
    IReadOnlyList<SampleKey> keys
)
{
    private readonly long[] _sequences = new long[instances];
    private readonly DateTimeOffset[] _lastLines = new DateTimeOffset[instances];

    /// <summary>How much later than the first one each instance turns to a new key.</summary>
    public static readonly TimeSpan TurnDelay = TimeSpan.FromMinutes(2);

    public string Iss => iss;

    public TimeSpan Lifetime => lifetime;

    public IReadOnlyList<SampleKey> Keys => keys;

    public int Instances => instances;

    public SampleKey KeyAt(DateTimeOffset time, int instance)
    {
        for (var i = 0; i < keys.Count - 1; i++)
        {
            if (time < keys[i].SignsUntil + (instance * TurnDelay))
            {
                return keys[i];
            }
        }

        return keys[^1];
    }

    /// <summary>A token with this issuer's usual claims.</summary>
    public SampleToken Token(Random random, DateTimeOffset time, string jti, string sub, SampleKey key)
    {
        var iat = DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
        return new(
            iss,
            jti,
            key.Kid,
            key.Thumbprint,
            algorithm,
            sub,
            audiences[random.Next(audiences.Length)],
            clients[random.Next(clients.Length)],
            iat,
            iat + lifetime
        );
    }

    /// <summary>Mints it: the next line of an instance. Must be called in the order of time.</summary>
    public IssuanceLine Issue(SampleToken token, DateTimeOffset time, int instance, TimeSpan delay)
    {
        var logged = time > _lastLines[instance] ? time : _lastLines[instance].AddMilliseconds(1);
        _lastLines[instance] = logged;
        return new(
            logged + delay,
            logged,
            iss,
            token.Jti,
            token.Kid,
            token.Sub,
            token.Aud,
            token.ClientId,
            token.IssuedAt,
            token.ExpiresAt,
            logsHash ? token.SigningInputSha256() : null,
            $"{new Uri(iss).Host.Split('.')[0]}-{instance}",
            ++_sequences[instance]
        );
    }
}
