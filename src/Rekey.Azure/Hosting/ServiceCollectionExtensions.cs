using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Messaging.EventGrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rekey.Azure.Entra;
using Rekey.Azure.Http;
using Rekey.Azure.KeyVault;
using Rekey.Azure.LogAnalytics;
using Rekey.Azure.LogAnalytics.Audit;
using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.Notifications;
using Rekey.Azure.ResourceManager;
using Rekey.Azure.Storage;
using Rekey.Azure.Storage.Connections;
using Rekey.Azure.Trust;
using Rekey.Blocking.Record;
using Rekey.Checks;
using Rekey.Compliance;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures.CuttingOff;
using Rekey.Departures.Directory;
using Rekey.Departures.Feed;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Departures.SecurityEvents;
using Rekey.Detections;
using Rekey.Exposures.Audit;
using Rekey.Exposures.Watching;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Messaging;
using Rekey.Notifications.Channels;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Publishing;
using Rekey.Trust.Vaults;
using Rekey.VaultAccess;

namespace Rekey.Azure.Hosting;

/// <summary>Registers the Azure implementations of Rekey's ports.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>The key of services over the evidence account that others have over the state account.</summary>
    public const string EvidenceAccount = "evidence";

    /// <summary>
    /// Registers all ports as singletons over one transport and one credential. <see cref="IRecords{T}"/> covers every record type.
    /// <see cref="IDocumentSigner"/> needs a document key in the options, <see cref="ITokenLog"/> a workspace: then the caller registers
    /// the records of its watermark, which the ledger backs. <see cref="TimeProvider"/> is the system's unless one is registered.
    /// </summary>
    /// <exception cref="CannotContinueException">Reason <c>configuration-wrong</c>: the options or connections are wrong; the message
    /// lists every mistake.</exception>
    public static IServiceCollection AddRekeyAzure(
        this IServiceCollection services,
        AzureOptions options,
        StorageConnection state,
        StorageConnection evidence
    )
    {
        string[] mistakes = [.. options.Validate(), .. state.Mistakes(tables: true), .. evidence.Mistakes(tables: false)];
        if (mistakes.Length > 0)
        {
            throw new CannotContinueException(
                "configuration-wrong",
                string.Join(Environment.NewLine, mistakes),
                "Correct these settings and restart the app."
            );
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(_ => new AzureTransport(TrustedTransport.Handler(options)));
        services.TryAddSingleton(provider => Credentials.Create(options, options.ManagedIdentityClientId, Transport(provider)));
        services.AddSingleton(provider => new RateGates(Time(provider), options.MaxThrottleWait));

        AddStorage(services, options, state, evidence);
        AddVault(services, options);
        AddCheckpointSigner(services, options);
        AddTokenLog(services, options);
        services.AddSingleton(provider => new GraphDirectory(
            Credential(provider),
            new GraphClientOptions(options.Graph, options.ScopeOfGraph) { Transport = Transport(provider) },
            Gates(provider),
            Time(provider)
        ));
        services.AddSingleton<IDirectory>(provider => provider.GetRequiredService<GraphDirectory>());
        services.AddSingleton<IPersonNames>(provider => provider.GetRequiredService<GraphDirectory>());
        services.AddSingleton<IChangeSubscriptions>(provider => new GraphSubscriptions(
            Credential(provider),
            new GraphClientOptions(options.Graph, options.ScopeOfGraph) { Transport = Transport(provider) },
            Gates(provider),
            Time(provider)
        ));
        services.AddSingleton<IAccountFeed>(provider => new GraphAccountFeed(
            Credential(provider),
            new GraphClientOptions(options.Graph, options.ScopeOfGraph) { Transport = Transport(provider) },
            Gates(provider),
            Time(provider)
        ));
        services.AddSingleton<IOwnIdentity>(provider => new OwnGraphToken(
            Credential(provider),
            options.ScopeOfGraph,
            provider.GetRequiredService<AzureTransport>().Client,
            options.Authority
        ));
        services.AddSingleton<IWebhooks>(provider => new HttpWebhooks(TrustedTransport.Handler(options), Time(provider)));
        services.AddSingleton<IEventPublisher>(provider => new EventGridPublisher(
            options.EventGridTopicEndpoint is { } topic
                ? new EventGridPublisherClient(
                    topic,
                    Credential(provider),
                    new EventGridPublisherClientOptions { Transport = Transport(provider) }
                )
                : null,
            options.EventSource,
            Time(provider)
        ));
        services.AddSingleton<IPersonLookup>(provider => provider.GetRequiredService<GraphDirectory>());
        services.AddSingleton<ITransmitterKeys>(provider => new HttpTransmitterKeys(
            provider.GetRequiredService<AzureTransport>().Client,
            Time(provider)
        ));
        services.AddSingleton<IPublishedJwks>(provider => new HttpPublishedJwks(provider.GetRequiredService<AzureTransport>().Client));
        return services;
    }

    private static void AddStorage(IServiceCollection services, AzureOptions options, StorageConnection state, StorageConnection evidence)
    {
        services.AddSingleton(provider => Clients(provider, state).Tables());
        services.AddSingleton(typeof(IRecords<>), typeof(TableRecords<>));
        services.AddSingleton(typeof(IHintRows<>), typeof(TableRecords<>));
        services.AddSingleton<IWorkQueue>(provider => new StorageQueues(Clients(provider, state).Queues(), Time(provider)));
        services.AddSingleton<IPoisonQueues>(provider => new StoragePoisonQueues(
            Clients(provider, state).Queues(),
            Clients(provider, evidence).Queues(),
            Time(provider)
        ));
        services.AddSingleton<IUserChangeQueue>(provider => new UserChangeQueue(Clients(provider, evidence).Queues(), Time(provider)));
        services.AddSingleton<IDocuments>(provider => new BlobDocuments(Clients(provider, state).Blobs(), Time(provider)));
        services.AddSingleton<ILedgerSegments>(provider => new BlobLedgerSegments(
            Clients(provider, evidence).Blobs(),
            Clients(provider, evidence).Blobs(retry: false),
            Time(provider)
        ));
        services.AddSingleton<ISnapshotStore>(provider => new BlobSnapshots(Clients(provider, evidence).Blobs(), Time(provider)));
        services.AddSingleton<IAccountSnapshots>(provider => new BlobAccountSnapshots(Clients(provider, evidence).Blobs(), Time(provider)));
        services.AddKeyedSingleton<IHintRows<HashedRow>>(EvidenceAccount, (provider, _) =>
            new BlobHashedRows(Clients(provider, evidence).Blobs(), Time(provider))
        );
        services.AddSingleton<IBlockFiles>(provider => new BlobBlockFiles(Clients(provider, evidence).Blobs(), Time(provider)));
        services.AddSingleton<ICheckpoints>(provider => new BlobCheckpoints(Clients(provider, evidence).Blobs(), Time(provider)));
        services.AddSingleton<IEventDeadLetters>(provider => new BlobEventDeadLetters(Clients(provider, evidence).Blobs(), Time(provider)));
        services.AddSingleton<IDeadLetters>(provider => new BlobDeadLetters(Clients(provider, evidence).Blobs(), Time(provider)));

        StorageClients Clients(IServiceProvider provider, StorageConnection connection) =>
            new(
                connection,
                connection.ClientId is { } other ? Credentials.Create(options, other, Transport(provider)) : Credential(provider),
                Transport(provider),
                CloudAddresses.Of(options.Cloud).Tables
            );
    }

    private static void AddVault(IServiceCollection services, AzureOptions options)
    {
        services.AddSingleton(provider => new KeyVaultKeysClient(
            Credential(provider),
            Gates(provider),
            new KeyVaultClientOptions
            {
                Transport = Transport(provider),
                DisableChallengeResourceVerification = options.DisableChallengeResourceVerification,
            },
            Time(provider)
        ));
        services.AddSingleton<IKeyVault>(provider => provider.GetRequiredService<KeyVaultKeysClient>());
        services.AddSingleton<IPublicKeys, KeyVaultPublicKeys>();
        if (options.DocumentKey is { } key)
        {
            services.AddSingleton<IDocumentSigner>(provider => new KeyVaultDocumentSigner(
                provider.GetRequiredService<KeyVaultKeysClient>(),
                key,
                options.DocumentKeyVersion,
                options.DocumentRsaAlgorithm,
                Time(provider)
            ));
        }
    }

    private static void AddCheckpointSigner(IServiceCollection services, AzureOptions options)
    {
        if (options is not { CheckpointKeyVault: { } vault, CheckpointKeyName: { } name, CheckpointClientId: { } identity })
        {
            return;
        }

        services.AddSingleton(provider =>
        {
            var client = new KeyVaultKeysClient(
                Credentials.Create(options, identity, Transport(provider)),
                Gates(provider),
                new KeyVaultClientOptions
                {
                    Transport = Transport(provider),
                    DisableChallengeResourceVerification = options.DisableChallengeResourceVerification,
                },
                Time(provider)
            );
            return new CheckpointKey(
                new KeyVaultDocumentSigner(client, new(vault, name), version: null, options.DocumentRsaAlgorithm, Time(provider)),
                options.CheckpointThumbprint
            );
        });
        if (options.CheckpointThumbprint is { } thumbprint)
        {
            services.AddSingleton(provider => new CheckpointSigner(provider.GetRequiredService<CheckpointKey>().Signer, thumbprint));
        }
    }

    /// <summary>Registers the token log if a workspace is set; otherwise sweeps read files.</summary>
    private static void AddTokenLog(IServiceCollection services, AzureOptions options)
    {
        if (options.LogAnalytics is not { WorkspaceId: not null } workspace)
        {
            return;
        }

        services.AddSingleton(provider => new LogsQueryClient(
            Credential(provider),
            new(Time(provider), workspace.MaxThrottleWait),
            new LogsQueryClientOptions(options) { Transport = Transport(provider) },
            Time(provider)
        ));
        services.AddSingleton<IAccountAudit>(provider => new LogAnalyticsAccountAudit(
            provider.GetRequiredService<LogsQueryClient>(),
            workspace,
            Time(provider)
        ));
        services.AddSingleton<IAuditLog>(provider => new LogAnalyticsAuditLog(
            provider.GetRequiredService<LogsQueryClient>(),
            workspace,
            Time(provider)
        ));
        services.AddSingleton<ITokenLog>(provider => new LogAnalyticsTokenLog(
            provider.GetRequiredService<LogsQueryClient>(),
            provider.GetRequiredService<ILedgerRecords<SweepWatermark>>(),
            workspace,
            Time(provider)
        ));
    }

    /// <summary>Registers the vault access readers with the app's identity, and the grant remover with a second identity, if
    /// any.</summary>
    /// <param name="removerClientId">The second identity's client id; null: grants are removed by operators.</param>
    /// <exception cref="CannotContinueException">Reason <c>configuration-wrong</c>: the second identity is the app's own.</exception>
    public static IServiceCollection AddVaultAccess(this IServiceCollection services, AzureOptions options, string? removerClientId)
    {
        if (
            removerClientId is not null
            && string.Equals(removerClientId, options.ManagedIdentityClientId, StringComparison.OrdinalIgnoreCase)
        )
        {
            throw new CannotContinueException(
                "configuration-wrong",
                "VaultAccess:RemoverClientId must not be the app's own identity.",
                "Set the client id of the identity that may only read and delete role assignments."
            );
        }

        services.AddSingleton<IResourceManager>(provider => new ResourceManagerClient(
            Credential(provider),
            new ResourceManagerClientOptions(options) { Transport = Transport(provider) },
            Gates(provider),
            Time(provider)
        ));
        services.AddSingleton<IPrincipals>(provider => new GraphPrincipals(
            Credential(provider),
            new GraphClientOptions(options.Graph, options.ScopeOfGraph) { Transport = Transport(provider) },
            Gates(provider),
            Time(provider)
        ));
        services.AddSingleton<IPrincipalCredentials>(provider => new GraphPrincipalCredentials(
            Credential(provider),
            new GraphClientOptions(options.Graph, options.ScopeOfGraph) { Transport = Transport(provider) },
            Gates(provider),
            Time(provider)
        ));
        services.AddSingleton<IGrantRemover>(provider =>
            removerClientId is null
                ? new NoGrantRemover()
                : new GrantRemover(
                    Credentials.Create(options, removerClientId, Transport(provider)),
                    new ResourceManagerClientOptions(options) { Transport = Transport(provider) },
                    new(Time(provider), options.MaxThrottleWait),
                    Time(provider)
                )
        );
        return services;
    }

    /// <summary>Registers <see cref="ISignInSessions"/> with a separate identity.</summary>
    /// <param name="clientId">The identity's client id; null: sign-in sessions are revoked by operators.</param>
    public static IServiceCollection AddSignInSessions(this IServiceCollection services, AzureOptions options, string? clientId) =>
        services.AddSingleton<ISignInSessions>(provider =>
            clientId is null
                ? new NoSignInSessions()
                : new GraphSessions(
                    Credentials.Create(options, clientId, Transport(provider)),
                    new GraphClientOptions(options.Graph, options.ScopeOfGraph) { Transport = Transport(provider) },
                    new(Time(provider), options.MaxThrottleWait),
                    Time(provider)
                )
        );

    private static TokenCredential Credential(IServiceProvider provider) => provider.GetRequiredService<TokenCredential>();

    /// <summary>The gates of the app's own identity. The quotas of a vault count for all identities.</summary>
    private static RateGates Gates(IServiceProvider provider) => provider.GetRequiredService<RateGates>();

    private static HttpClientTransport Transport(IServiceProvider provider) => provider.GetRequiredService<AzureTransport>().Pipeline;

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    /// <summary>The shared connections; the container disposes them.</summary>
    private sealed class AzureTransport : IDisposable
    {
        public AzureTransport(SocketsHttpHandler handler)
        {
            // The pipeline sets a time-out per try.
            Client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
            Pipeline = new HttpClientTransport(Client);
        }

        public HttpClient Client { get; }

        public HttpClientTransport Pipeline { get; }

        public void Dispose()
        {
            Pipeline.Dispose();
            Client.Dispose();
        }
    }
}
