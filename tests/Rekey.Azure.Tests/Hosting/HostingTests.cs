using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rekey.Azure.Hosting;
using Rekey.Azure.ResourceManager;
using Rekey.Azure.Storage.Connections;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures.Directory;
using Rekey.Departures.Feed;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Exposures.Watching;
using Rekey.Ledgers.Segments;
using Rekey.Messaging;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Publishing;
using Rekey.Trust.Vaults;
using Rekey.VaultAccess;

namespace Rekey.Azure.Tests.Hosting;

public sealed class HostingTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly StorageConnection Local = new("RekeyState") { ConnectionString = "UseDevelopmentStorage=true" };

    [Fact]
    public void Every_port_is_there_and_is_one_for_all()
    {
        var services = new ServiceCollection();
        services.AddRekeyAzure(
            new AzureOptions { DocumentKeyVault = new Uri("https://kv.vault.azure.net"), DocumentKeyName = "documents" },
            Local,
            Local
        );
        using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        foreach (
            var port in (Type[])
                [
                    typeof(IRecords<Decision>),
                    typeof(IWorkQueue),
                    typeof(IDocuments),
                    typeof(ILedgerSegments),
                    typeof(IDeadLetters),
                    typeof(IKeyVault),
                    typeof(IPublicKeys),
                    typeof(IDocumentSigner),
                    typeof(IDirectory),
                    typeof(IEventPublisher),
                    typeof(IPublishedJwks),
                    typeof(TimeProvider),
                ]
        )
        {
            Assert.Same(provider.GetRequiredService(port), provider.GetRequiredService(port));
        }

        Assert.False(provider.GetRequiredService<IEventPublisher>().Enabled);
    }

    [Fact]
    public void Grants_are_removed_under_a_second_identity_or_not_at_all()
    {
        const string own = "0f0e0d0c-0b0a-4908-8706-050403020100";
        var options = new AzureOptions { ManagedIdentityClientId = own };
        Assert.IsType<GrantRemover>(RemoverOf("1f1e1d1c-1b1a-4918-8716-151413121110"));
        Assert.IsType<NoGrantRemover>(RemoverOf(null));
        Assert.Throws<CannotContinueException>(() => RemoverOf(own));

        IGrantRemover RemoverOf(string? clientId)
        {
            using var provider = new ServiceCollection()
                .AddRekeyAzure(options, Local, Local)
                .AddVaultAccess(options, clientId)
                .BuildServiceProvider();
            Assert.IsType<ResourceManagerClient>(provider.GetRequiredService<IResourceManager>());
            return provider.GetRequiredService<IGrantRemover>();
        }
    }

    [Fact]
    public async Task After_one_429_of_Graph_no_client_of_the_app_troubles_it()
    {
        await using var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        stub.Answers = _ => Reply.Error(429, "TooManyRequests") with { Headers = new() { ["Retry-After"] = "42" } };
        var options = new AzureOptions
        {
            GraphEndpoint = stub.Address,
            GraphScope = $"{stub.Address}.default",
            TrustedCaFile = stub.CaFile,
            TrustedCaHosts = ["localhost"],
            MaxThrottleWait = TimeSpan.FromSeconds(10),
        };
        await using var provider = new ServiceCollection()
            .AddSingleton<TokenCredential>(new FakeCredential())
            .AddRekeyAzure(options, Local, Local)
            .AddVaultAccess(options, removerClientId: null)
            .BuildServiceProvider();
        var id = Guid.NewGuid();
        Func<Task>[] calls =
        [
            () => provider.GetRequiredService<IPrincipals>().GetKindsAsync([$"{id}"], Cancel),
            () => provider.GetRequiredService<IPrincipalCredentials>().ReadAsync($"{id}", Cancel),
            () => provider.GetRequiredService<IDirectory>().ReadAsync(id, Cancel),
            () => provider.GetRequiredService<IChangeSubscriptions>().ListAsync(Cancel),
            () => provider.GetRequiredService<IAccountFeed>().ReadChangesAsync(link: null, Cancel),
        ];

        foreach (var call in calls)
        {
            Assert.InRange((await Assert.ThrowsAsync<RetryLaterException>(call)).Delay!.Value.TotalSeconds, 1, 42);
        }

        Assert.Single(stub.Requests);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var options = new AzureOptions
        {
            Cloud = (AzureCloud)9,
            GraphEndpoint = new Uri("http://graph"),
            GraphScope = "graph",
            VaultDnsSuffix = "https://x",
            TrustedCaFile = "/nowhere.pem",
            ManagedIdentityClientId = "me",
            MaxThrottleWait = TimeSpan.FromHours(1),
            DocumentKeyName = "x",
            DocumentRsaAlgorithm = "none",
            EventSource = "",
        };

        var wrong = Assert.Throws<CannotContinueException>(() =>
            new ServiceCollection().AddRekeyAzure(options, new StorageConnection("RekeyState"), new StorageConnection("RekeyEvidence"))
        );

        Assert.Equal(13, wrong.Message.Split(Environment.NewLine).Length);
        Assert.Contains("RekeyEvidence: set a connection string", wrong.Message);
        Assert.Empty(new AzureOptions().Validate());
    }

    [Fact]
    public void Connections_are_read_as_the_Functions_host_does()
    {
        Dictionary<string, string?> settings = new()
        {
            ["RekeyState:tableServiceUri"] = "https://a.table.core.windows.net",
            ["RekeyState:queueServiceUri"] = "https://a.queue.core.windows.net",
            ["RekeyState:blobServiceUri"] = "http://a.blob.core.windows.net",
            ["RekeyState:clientId"] = "6d0f0000-1111-2222-3333-444444444444",
            ["RekeyEvidence"] = "UseDevelopmentStorage=true",
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

        var state = StorageConnection.Read(configuration, StorageConnection.State);
        var evidence = StorageConnection.Read(configuration, StorageConnection.Evidence);

        Assert.Equal("6d0f0000-1111-2222-3333-444444444444", state.ClientId);
        Assert.Equal(
            "RekeyState__blobServiceUri must begin with https://, because every request carries an access token.",
            Assert.Single(state.Mistakes(tables: true))
        );
        Assert.Equal("UseDevelopmentStorage=true", evidence.ConnectionString);
        Assert.Empty(evidence.Mistakes(tables: false));
        Assert.DoesNotContain("Development", evidence.ToString());
    }

    [Theory]
    [InlineData(AzureCloud.Public, "https://kv.vault.azure.net", true)]
    [InlineData(AzureCloud.Public, "https://kv.vault.azure.cn", false)]
    [InlineData(AzureCloud.Public, "https://kvvault.azure.net", false)]
    [InlineData(AzureCloud.Public, "http://kv.vault.azure.net", false)]
    [InlineData(AzureCloud.UsGovernment, "https://kv.vault.usgovcloudapi.net", true)]
    [InlineData(AzureCloud.China, "https://kv.vault.azure.cn", true)]
    public void A_vault_belongs_to_the_cloud_in_use(AzureCloud cloud, string address, bool belongs) =>
        Assert.Equal(belongs, new AzureOptions { Cloud = cloud }.IsVault(new Uri(address)));
}
