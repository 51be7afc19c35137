using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests.Repository;

/// <summary>
/// After a run in which much was said to Rekey that it must keep to itself, everything that it has left behind is looked through: rows,
/// messages, dead letters, ledger, published documents, logs.
/// </summary>
public sealed class SecretTests(SecretTests.Setup setup) : IClassFixture<SecretTests.Setup>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LocalCompany Company => setup.Company;

    [Fact]
    public async Task No_secret_private_key_or_whole_token_is_left_anywhere()
    {
        var all = await StoredText.AllOfAsync(Company);

        // The run has left what it should have: rows, every kind of dead letter, documents, a ledger. Nothing is found in nothing.
        foreach (
            var place in new[]
            {
                "table decisions/",
                "blob ledger/",
                "blob trust/",
                "blob deadletters/wrong-client-state/",
                "blob deadletters/poisoned-message/",
                "log",
            }
        )
        {
            Assert.Contains(all, t => t.Place.StartsWith(place, StringComparison.OrdinalIgnoreCase));
        }

        Assert.Empty(setup.Search.In(all));
    }

    [Fact]
    public async Task What_would_have_leaked_is_found_wherever_it_stands()
    {
        var (storage, state) = (Company.World.Azurite.ConnectionString, Company.World.ClientState);
        var jwt = Company.World.TokenFor("Operator");
        Company.World.Host.PauseTriggers();
        try
        {
            var table = new TableClient(storage, "canary");
            await table.CreateAsync(Cancel);
            await table.AddEntityAsync(new TableEntity("p", "text") { ["Body"] = $"{{\"clientState\":\"{state}\"}}" }, Cancel);
            await table.AddEntityAsync(new TableEntity("p", "bytes") { ["Body"] = Encoding.UTF8.GetBytes(Setup.GatewayKey) }, Cancel);
            foreach (var queue in new[] { "canary", "canary-poison" })
            {
                var client = new QueueClient(storage, queue);
                await client.CreateAsync(cancellationToken: Cancel);
                await client.SendMessageAsync(
                    queue == "canary" ? jwt : Convert.ToBase64String(Encoding.UTF8.GetBytes($"a{state}b")),
                    Cancel
                );
            }

            var container = new BlobContainerClient(storage, "canary");
            await container.CreateAsync(cancellationToken: Cancel);
            using var key = (ECDsa)Company.World.Vault.ExportPrivateKey("shop");
            var d = Convert.ToBase64String(key.ExportParameters(includePrivateParameters: true).D!);
            await container.UploadBlobAsync(
                "ledger",
                BinaryData.FromString(new JsonObject { ["about"] = new JsonObject { ["x"] = $"*{d}" }.ToJsonString() }.ToJsonString()),
                Cancel
            );
            await container.UploadBlobAsync("pem", BinaryData.FromString(ECDsa.Create().ExportPkcs8PrivateKeyPem()), Cancel);
            await container
                .GetBlobClient("metadata")
                .UploadAsync(
                    BinaryData.Empty,
                    new global::Azure.Storage.Blobs.Models.BlobUploadOptions
                    {
                        Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["note"] = Setup.GatewayKey },
                    },
                    Cancel
                );

            var found = setup.Search.In([
                .. await StoredText.AllOfAsync(Company),
                new("log", $"12:00 Information RotateKey failed with {jwt} {state}"),
            ]);
            Assert.Equal(
                [
                    "blob canary/ledger: private key shop",
                    "blob canary/metadata: gateway key",
                    "blob canary/pem: a private key",
                    "log: a whole token",
                    "log: client state",
                    "queue canary-poison: client state",
                    "queue canary: a whole token",
                    "table canary/p/bytes: gateway key",
                    "table canary/p/text: client state",
                ],
                found.Select(f => f.Split('/') is [.., var last] && last.Length == 32 ? f[..^33] : f).Order(StringComparer.Ordinal)
            );
        }
        finally
        {
            Company.World.Host.ResumeTriggers();
            await new TableClient(storage, "canary").DeleteAsync(Cancel);
            await new QueueClient(storage, "canary").DeleteIfExistsAsync(Cancel);
            await new QueueClient(storage, "canary-poison").DeleteIfExistsAsync(Cancel);
            await new BlobContainerClient(storage, "canary").DeleteIfExistsAsync(cancellationToken: Cancel);
        }
    }

    /// <summary>A company, and a run in which everything happens that may spill a secret.</summary>
    public sealed class Setup : IAsyncLifetime
    {
        public const string GatewayKey = "canary+gateway/key'with<odd>characters&0123456789";
        private const string WrongGatewayKey = "canary-wrong-gateway-key-0123456789";
        private const string WrongState = "canary-wrong-client-state-0123456789";
        private const string Poison = "canary-in-a-poisoned-message-0123456789";
        private const string Query = "canary-in-a-query-0123456789";

        public LocalCompany Company { get; private set; } = null!;

        internal SecretSearch Search { get; } = new();

        public async ValueTask InitializeAsync()
        {
            Company = await LocalCompany.StartAsync(
                [LocalCompany.KeyOf("shop"), new("partners") { KeyType = "RSA" }],
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Rekey__Auth__GatewayKeys__0__Name"] = "edge",
                    ["Rekey__Auth__GatewayKeys__0__Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(GatewayKey))),
                }
            );
            try
            {
                await RunAsync();
                AddSecrets();
            }
            catch
            {
                await Company.DisposeAsync();
                throw;
            }
        }

        public ValueTask DisposeAsync() => Company.DisposeAsync();

        private async Task RunAsync()
        {
            var key = Company.Key("shop");
            using var thief = await Company.StealAsync(key);
            var honest = await Company.Issuer.MintAsync(key, "customer-1", Cancel);
            await Company.SettledAsync(await Company.LeaveAsync(key.Custodians[0]));
            await Company.AssertContainedAsync(key);

            // Tokens, good and bad, in the places where they belong and in one where they do not.
            Assert.False(await Company.IsActiveAsync(thief.Forge("customer-2")));
            Assert.False(await Company.IsActiveAsync(honest));
            Assert.True(await Company.IsActiveAsync(await Company.Issuer.MintAsync(key, "customer-1", Cancel)));
            Assert.False(await Company.IsActiveAsync(honest[..honest.LastIndexOf('.')] + "."));
            await CallAsync("decisions", HttpStatusCode.Unauthorized, ("Authorization", $"Bearer {thief.Forge("operator")}"));
            await CallAsync("decisions", HttpStatusCode.Unauthorized, ("Authorization", $"Bearer {Company.World.TokenFor("Operator")}x"));
            await CallAsync($"healthz?access_token={Company.World.TokenFor("Operator")}&code={Query}", HttpStatusCode.OK);
            await CallAsync("trust-list", HttpStatusCode.OK, ("X-Rekey-Key", GatewayKey));
            await CallAsync("trust-list", HttpStatusCode.Unauthorized, ("X-Rekey-Key", WrongGatewayKey));

            await EventAsync(WrongState, note: null);
            await EventAsync(Company.World.ClientState, $"{{\"clientState\":\"{Company.World.ClientState}\"}}");
            await PoisonAsync("rotations", $"{{\"key\":\"{Company.KeyId(key)}\",\"token\":\"{Poison}\"}}");
            await PoisonAsync("departures", Poison);
            await PoisonAsync(
                "rotations-poison",
                $"{{\"key\":\"x\",\"nested\":[{{\"secret\":\"{Poison}\"}},"
                    + $"\"{{\\\"clientState\\\":\\\"{Company.World.ClientState}\\\"}}\"]}}"
            );
            await Company.World.Host.TriggerTimerAsync("VerifyLedger", Cancel);
        }

        private async Task CallAsync(string path, HttpStatusCode expected, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Company.World.HostAddress, path));
            foreach (var (name, value) in headers)
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            }

            using var reply = await Company.World.Http.SendAsync(request, Cancel);
            Assert.Equal(expected, reply.StatusCode);
        }

        /// <summary>An event that must not be believed: of another type, so that it is kept as a dead letter whatever its client
        /// state.</summary>
        private async Task EventAsync(string clientState, string? note)
        {
            var told = Company.World.Graph.NewEvent(Guid.NewGuid().ToString()).ToJson();
            told["type"] = "Microsoft.Graph.GroupUpdated";
            told["data"]!["clientState"] = clientState;
            told["data"]!["note"] = note;
            await DeadLetteredAsync("user-changes", () => Company.World.DeliverAsync(told.ToJsonString(), cancellationToken: Cancel));
        }

        private Task PoisonAsync(string queue, string message) => DeadLetteredAsync(queue, async () =>
            {
                var client = new QueueClient(Company.World.StateConnection, queue);
                await client.CreateIfNotExistsAsync(cancellationToken: Cancel);
                await client.SendMessageAsync(message, Cancel);
            });

        private async Task DeadLetteredAsync(string queue, Func<Task> send)
        {
            var letters = new BlobContainerClient(Company.World.EvidenceConnection, "deadletters");
            await letters.CreateIfNotExistsAsync(cancellationToken: Cancel);
            var before = await CountAsync(letters);
            await send();
            await PollUntil.UntilAsync($"the message of {queue} is a dead letter", async () => await CountAsync(letters) > before);
        }

        private static async Task<int> CountAsync(BlobContainerClient letters) =>
            await letters.GetBlobsAsync(cancellationToken: Cancel).CountAsync(Cancel);

        private void AddSecrets()
        {
            var world = Company.World;
            foreach (
                var (name, secret) in new[]
                {
                    ("client state", world.ClientState),
                    ("wrong client state", WrongState),
                    ("gateway key", GatewayKey),
                    ("wrong gateway key", WrongGatewayKey),
                    ("poison", Poison),
                    ("query", Query),
                    ("identity header", world.Identity.IdentityHeader),
                    ("host's master key", world.Host.MasterKey),
                    ("host key", world.Host.HostKey),
                    (
                        "storage key",
                        world.Azurite.ConnectionString.Split(';').Single(p => p.StartsWith("AccountKey=", StringComparison.Ordinal))[
                            "AccountKey=".Length..
                        ]
                    ),
                    ("the leaver's address", $"{Company.Key("shop").Custodians[0]}@contoso.example"),
                }
            )
            {
                Search.Add(name, secret);
            }

            foreach (var key in Company.World.Keys)
            {
                Search.AddPrivateKeys(world.Vault, key.Name);
            }

            Search.AddPrivateKeys(world.OwnVault, World.DocumentKey);
            Search.AddPrivateKeys(world.OwnVault, World.CheckpointKey);
        }
    }
}
