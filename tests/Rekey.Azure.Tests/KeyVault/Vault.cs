using Rekey.Azure.KeyVault;
using Rekey.Azure.Tests.Support;
using Rekey.Trust;

namespace Rekey.Azure.Tests.KeyVault;

/// <summary>A stub vault with the client that talks to it.</summary>
internal sealed class Vault : IAsyncDisposable
{
    public const string V1 = "11111111111111111111111111111111";
    public const string V2 = "22222222222222222222222222222222";

    private Vault(StubServer stub, TestClock clock, bool disableVerification, TimeSpan? maxWait)
    {
        Stub = stub;
        Clock = clock;
        var options = new KeyVaultClientOptions
        {
            Transport = stub.Transport(),
            DisableChallengeResourceVerification = disableVerification,
        };
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(2);
        Client = new KeyVaultKeysClient(Credential, new(clock, maxWait ?? TimeSpan.FromSeconds(60)), options, clock);
    }

    public static SigningKey Key { get; } = new(new Uri("https://kv-demo-01.vault.azure.net"), "issuer");

    public StubServer Stub { get; }

    public TestClock Clock { get; }

    public FakeCredential Credential { get; } = new();

    public KeyVaultKeysClient Client { get; }

    public static async Task<Vault> StartAsync(bool disableVerification = false, TimeSpan? maxWait = null)
    {
        var clock = new TestClock();
        return new Vault(await StubServer.StartAsync(clock), clock, disableVerification, maxWait);
    }

    public static Reply Bundle(string version = V1, string kty = "EC-HSM", string crv = "P-256", string more = "") =>
        new(
            200,
            $$"""
            {"key":{"kid":"https://kv-demo-01.vault.azure.net/keys/issuer/{{version}}","kty":"{{kty}}","crv":"{{crv}}",
              "key_ops":["sign","verify"],
              "x":"a6nEYsWa4U7Z90izb9upb50U1PyA9SoU5d6TrzChWNs","y":"K3QJg3kcDD7Un1dpjzNfGzbh99um8EvlW4cnDvqL-N0"},
             "attributes":{"enabled":true,"exp":1798761600,"created":1767225600,"updated":1767225600,"recoveryLevel":"Recoverable",
               "exportable":false},
             "tags":{"owner":"token-issuer"}{{more}}}
            """
        );

    public ValueTask DisposeAsync() => Stub.DisposeAsync();
}
