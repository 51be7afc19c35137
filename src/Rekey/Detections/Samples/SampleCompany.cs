using Rekey.Core;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Samples;

/// <summary>The sample company: its issuers, their keys over the years, and the stolen key.</summary>
internal sealed class SampleCompany
{
    private const int StolenIndex = 1;

    public SampleCompany(SampleOptions options)
    {
        Options = options;
        var span = options.End - options.Start;
        DateTimeOffset Share(double share) => options.Start + TimeSpan.FromSeconds(Math.Round(span.TotalSeconds * share));
        var changed = Share(0.1);
        EmergencyAt = Share(0.6);
        Shop = new(
            options.ShopIssuer,
            "ES256",
            TimeSpan.FromMinutes(30),
            logsHash: true,
            ["https://api.market.example", "https://pay.market.example"],
            ["shop-web", "shop-ios", "shop-android"],
            4,
            Keys(options.ShopIssuer, [changed], [], 4)
        );
        Partners = new(
            "https://partners.market.example",
            "PS256",
            TimeSpan.FromMinutes(60),
            logsHash: true,
            ["https://api.market.example"],
            ["courier-nord", "courier-sud", "returns-desk"],
            2,
            Keys(
                "https://partners.market.example",
                [.. ByAge(TimeSpan.FromDays(45)).Where(t => (t - EmergencyAt).Duration() > TimeSpan.FromDays(2)), EmergencyAt],
                [EmergencyAt],
                2
            )
        );
        Staff = new(
            "https://staff.market.example",
            "ES384",
            TimeSpan.FromMinutes(15),
            logsHash: false,
            ["https://backoffice.market.example", "https://api.market.example https://pay.market.example"],
            ["backoffice", "warehouse"],
            3,
            Keys("https://staff.market.example", [.. ByAge(TimeSpan.FromDays(60))], [], 3)
        );
        StolenAt = Share(0.2);
    }

    public SampleOptions Options { get; }

    /// <summary>Customers. Its second key is stolen and stays trusted unnoticed.</summary>
    public SampleIssuer Shop { get; }

    /// <summary>Programs of other companies. One of its keys ended in an emergency.</summary>
    public SampleIssuer Partners { get; }

    /// <summary>Employees; it logs no hash.</summary>
    public SampleIssuer Staff { get; }

    public DateTimeOffset StolenAt { get; }

    public SampleKey StolenKey => Shop.Keys[StolenIndex];

    /// <summary>When <see cref="Partners"/> turned to a new key at once.</summary>
    public DateTimeOffset EmergencyAt { get; }

    /// <summary>Every key that was ever trusted.</summary>
    public IReadOnlyList<KidWindow> Windows => [.. new[] { Shop, Partners, Staff }.SelectMany(i => i.Keys).Select(k => k.Window)];

    private IEnumerable<DateTimeOffset> ByAge(TimeSpan first)
    {
        for (var at = Options.Start + first; at < Options.End; at += TimeSpan.FromDays(90))
        {
            yield return at;
        }
    }

    private List<SampleKey> Keys(string iss, DateTimeOffset[] changes, DateTimeOffset[] emergencies, int instances)
    {
        var keys = new List<SampleKey>();
        var trustedFrom = Options.Start.AddDays(-30);
        foreach (var change in changes.Order().Append(DateTimeOffset.MaxValue))
        {
            var isStolen = iss == Options.ShopIssuer && keys.Count == StolenIndex;
            var thumbprint =
                isStolen && Options.StolenThumbprint is { } theirs ? theirs : StableId.Of("sample-key", iss, keys.Count.ToString());
            DateTimeOffset? issuedUntil =
                change == DateTimeOffset.MaxValue ? null : change + (instances * SampleIssuer.TurnDelay) + TimeSpan.FromMinutes(5);
            var trustedUntil = issuedUntil + (emergencies.Contains(change) ? TimeSpan.Zero : Options.Retention);
            var kid = iss.Contains("staff", StringComparison.Ordinal) ? StableId.HexOf("sample-version", thumbprint)[..32] : thumbprint;
            keys.Add(new(kid, thumbprint, change, new(iss, kid, trustedFrom, issuedUntil, trustedUntil)));
            trustedFrom = change == DateTimeOffset.MaxValue ? change : change - TimeSpan.FromMinutes(15);
        }

        return keys;
    }
}
