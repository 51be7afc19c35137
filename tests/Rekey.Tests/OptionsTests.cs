namespace Rekey.Tests;

/// <summary>Wrong relations between settings stop the start, all of them at once.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Every_default_holds() => Assert.Empty(Doubles.Company.Found().Options.Validate());

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var options = new RekeyOptions
        {
            Keys = [new() { VaultUri = new("http://vault"), Name = "a b", Issuer = "nobody", Custodians = ["me"] }],
            Issuers = [new() { Name = "Bad Name", Algorithms = ["none", "HS256"] }],
            Trust = new() { AnnounceTime = TimeSpan.FromSeconds(1), VerifierCacheTime = TimeSpan.FromSeconds(1), ClockSkew = TimeSpan.FromHours(2) },
            Rotations = new() { Lease = TimeSpan.FromSeconds(1), MaxRotationsAnHour = 0, MaxIssuerSharePercent = 0, MaxKeyAge = TimeSpan.Zero },
        };
        var mistakes = options.Validate();
        foreach (var part in new[]
        {
            "Environment", "VaultUri", "the name 'a b'", "no issuer 'nobody'", "custodian 'me'", "'Bad Name'", "'none'", "'HS256'", "Audiences", "AnnounceTime", "VerifierCacheTime", "ClockSkew",
            "Lease", "MaxRotationsAnHour", "MaxIssuerSharePercent", "MaxKeyAge", "TenantId", "ClientState",
        })
        {
            Assert.Contains(mistakes, m => m.Contains(part, StringComparison.Ordinal));
        }
    }
}
