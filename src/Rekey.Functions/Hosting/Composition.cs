using Rekey.Azure.Hosting;
using Rekey.Blocking;
using Rekey.Blocking.Proposals;
using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Compliance;
using Rekey.Configuration;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures;
using Rekey.Departures.Cancelling;
using Rekey.Departures.CuttingOff;
using Rekey.Departures.Feed;
using Rekey.Departures.Reading;
using Rekey.Departures.Reconciling;
using Rekey.Departures.SecurityEvents;
using Rekey.Exposures;
using Rekey.Exposures.Access;
using Rekey.Exposures.Audit;
using Rekey.Exposures.Custodians;
using Rekey.Exposures.Grades;
using Rekey.Exposures.LookingAgain;
using Rekey.Exposures.Previews;
using Rekey.Exposures.Watching;
using Rekey.Findings;
using Rekey.Findings.Ocsf;
using Rekey.Findings.Record;
using Rekey.Functions.Blocking;
using Rekey.Functions.Checks;
using Rekey.Functions.Departures.Feed;
using Rekey.Functions.Detections;
using Rekey.Functions.Exposures;
using Rekey.Functions.Findings;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Functions.Rotations;
using Rekey.Functions.Stopping;
using Rekey.Functions.Trust;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Messaging;
using Rekey.Notifications;
using Rekey.Notifications.Incidents;
using Rekey.Rotations;
using Rekey.Rotations.Baselines;
using Rekey.Rotations.Outcomes;
using Rekey.Rotations.Planning;
using Rekey.Rotations.Steps;
using Rekey.Rotations.Steps.Draining;
using Rekey.Rotations.Tokens;
using Rekey.Stopping;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;
using Rekey.Trust.Vaults;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Custody;
using Rekey.VaultAccess.Responses;
using Rekey.Watchdogs;

namespace Rekey.Functions.Hosting;

/// <summary>Registers the use cases.</summary>
internal static class Composition
{
    public static void AddRekey(this IServiceCollection services, Settings settings)
    {
        var rekey = settings.Rekey;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(settings.Calls);
        services.AddSingleton(rekey.Departures);
        services.AddSingleton(rekey.Exposures);
        services.AddSingleton(rekey.Rotations);
        services.AddSingleton(rekey.Trust);
        services.AddSingleton(rekey.Blocking);
        services.AddSingleton(rekey.Decisions);
        services.AddSingleton(rekey.Ledger);
        services.AddSingleton(rekey.ToGovernedKeys());
        services.AddSingleton(p => new KillSwitch(rekey.Stopped, p.GetRequiredService<StopLedger>()));
        AddDecisionHandler<StopAndStart>(services);
        services.AddSingleton<ServedStopState>();
        services.AddRekeyAzure(settings.Azure, settings.State, settings.Evidence);

        services.AddSingleton<ILedger, SegmentedLedger>();
        AddLedgerViews(services);
        services.AddSingleton<LedgeredFindings>();
        services.AddSingleton<IFindings>(p => p.GetRequiredService<LedgeredFindings>());
        services.AddSingleton<IEventData, FindingEvents>();
        services.AddSingleton<ForwardLedger>();
        services.AddSingleton(rekey.Notifications);
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<SendNotifications>(p, rekey.Environment));
        services.AddSingleton<VerifyLedger>();
        AddDecisionHandler<AcceptLedgerForCheckpoints>(services);

        services.AddSingleton<WaitingQuestions>();
        services.AddSingleton<AskForDecision>();
        services.AddSingleton<AnswerDecision>();
        services.AddSingleton<IActorStanding>(p => new DepartedActors(
            p.GetRequiredService<IRecords<Person>>(),
            p.GetRequiredService<IRecords<Departure>>(),
            rekey.Departures.TenantId
        ));

        services.AddSingleton<RecordDeparture>();
        services.AddSingleton<RenewSubscription>();
        services.AddSingleton<WatchFeed>();
        services.AddSingleton<TakeUpEventDeadLetters>();
        services.AddSignInSessions(settings.Azure, rekey.Departures.CutOffClientId is { Length: > 0 } cutOff ? cutOff : null);
        services.AddSingleton<IAddedCredentials>(p => new AuditedCredentials(
            p.GetService<IAuditLog>(),
            rekey.Exposures,
            p.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<CutOffQuestions>();
        services.AddSingleton<CutOffSteps>();
        AddDecisionHandler<CutOffPerson>(services);
        services.AddSingleton<ResumeDepartures>();
        services.AddReconciling();
        services.AddSingleton<VerifySecurityEvent>();
        services.AddSingleton<TakeSecurityEvent>();
        services.AddSingleton<ReadDeparture>();
        services.AddSingleton<ReadQuestion>();
        AddExposures(services, rekey);
        AddRotations(services);
        AddBlocking(services);
        services.AddSweeps(settings);
        AddVaultAccess(services, settings);
        AddWatchdog(services, rekey, settings.Azure.LogAnalytics.WorkspaceId is not null || settings.LogFolder?.AuditFolder is not null);

        services.AddSingleton<ReachableKeys>();
        services.AddSingleton<RegularWork>();
        services.AddSingleton<ServedLists>();
        services.AddSingleton<ReadAppFacts>();
        services.AddSingleton<LedgerStanding>();
        services.AddSingleton<DocumentRefusals>();
        services.AddSingleton<PublishedTrust>();
        services.AddSingleton<CampaignTokens>();
        services.AddSingleton<TokenSigners>();
        services.AddSingleton<PublishedBlocklist>();
        services.AddSingleton<IntrospectToken>();
        services.AddSingleton<SweepTurns>();
        services.AddSingleton<TokenSweeper>();
        services.AddSingleton<GraphReads>();
        services.AddSingleton<UserChangeFindings>();
        services.AddSingleton<RetryUserChange>();
        services.AddSingleton<HandleUserChange>();
        services.AddSingleton<DeadLetterLedger>();
        services.AddSingleton<KeepDeadLetter>();
        services.AddSingleton<RunTrigger>();
        services.AddSingleton<RunParts>();
        services.AddSingleton<UnfinishedWork>();
        services.AddSingleton<QuestionsAndFindings>();
    }

    private static void AddReconciling(this IServiceCollection services)
    {
        services.AddSingleton<KeepAccounts>();
        services.AddSingleton<CompareAccounts>();
        services.AddSingleton<ReplayAccountActs>();
        services.AddSingleton<MissedDepartures>();
        services.AddSingleton<ReadChangedAccounts>();
        services.AddSingleton<ReadAccountFeed>();
        services.AddSingleton<ReadAccountAudit>();
        services.AddSingleton<CompareNamedPeople>();
        services.AddSingleton<ReconcileDepartures>();
    }

    /// <summary>Registers the views of the ledger, which are read in one pass on first use.</summary>
    private static void AddLedgerViews(IServiceCollection services)
    {
        services.AddSingleton(p => new LedgerReader(
            p.GetRequiredService<ILedger>(),
            () =>
            {
                foreach (
                    var view in (Type[])
                        [
                            typeof(TrustLedger),
                            typeof(DecisionLedger),
                            typeof(RotationLedger),
                            typeof(BlockLedger),
                            typeof(FindingLedger),
                            typeof(RunLedger),
                            typeof(PublicationLedger),
                            typeof(DeadLetterLedger),
                            typeof(NotificationLedger),
                            typeof(StopLedger),
                            typeof(SecurityEventLedger),
                            typeof(IRecords<Rotation>),
                            typeof(IRecords<Departure>),
                            typeof(IRecords<Person>),
                            typeof(IRecords<ReconciledAccounts>),
                            typeof(IRecords<VaultStanding>),
                            typeof(IRecords<FeedSubscription>),
                            typeof(IRecords<EventDeadLetterCursor>),
                            .. SweepComposition.Views(p),
                        ]
                )
                {
                    _ = p.GetRequiredService(view);
                }
            },
            p.GetRequiredService<SignedSnapshots>()
        ));
        services.AddSingleton<SignedSnapshots>();
        services.AddSingleton<KeepSnapshots>();
        services.AddSingleton<FindingLedger>();
        services.AddSingleton<NotificationLedger>();
        services.AddSingleton<DecisionLedger>();
        services.AddSingleton<RotationLedger>();
        services.AddSingleton<RunLedger>();
        services.AddSingleton<PublicationLedger>();
        services.AddSingleton<TrustLedger>();
        services.AddSingleton<StopLedger>();
        services.AddSingleton<SecurityEventLedger>();
        services.AddSingleton<BlockLedger>();
        AddRecords<Rotation>(services, p => p.GetRequiredService<IHintRows<Rotation>>());
        AddRecords<Departure>(services, _ => null);
        AddRecords<Person>(services, _ => null);
        AddRecords<FeedSubscription>(services, _ => null);
        AddRecords<EventDeadLetterCursor>(services, _ => null);
        AddRecords<ReconciledAccounts>(services, _ => null);
        AddRecords<VaultStanding>(services, p => p.GetRequiredService<IHintRows<VaultStanding>>());
    }

    /// <summary>Registers the records that the ledger holds.</summary>
    internal static void AddRecords<T>(IServiceCollection services, Func<IServiceProvider, IHintRows<T>?> rows)
        where T : class, IRecord
    {
        services.AddSingleton<ILedgerRecords<T>>(p => new LedgerRecords<T>(
            p.GetRequiredService<ILedger>(),
            p.GetRequiredService<LedgerReader>(),
            rows(p),
            e =>
                p.GetRequiredService<ILogger<LedgerRecords<T>>>()
                    .LogError("High finding: {Message} Rekey ignores the row and rewrites it. {Remedy}", e.Message, e.Remedy)
        ));
        services.AddSingleton<IRecords<T>>(p => p.GetRequiredService<ILedgerRecords<T>>());
    }

    /// <summary>Registers a handler that carries out decisions of some kinds.</summary>
    internal static void AddDecisionHandler<T>(IServiceCollection services)
        where T : class, IDecisionHandler
    {
        services.AddSingleton<T>();
        services.AddSingleton<IDecisionHandler>(p => p.GetRequiredService<T>());
    }

    /// <summary>Registers the sources of exposure. Those of the audit log are there when an audit log is.</summary>
    private static void AddExposures(IServiceCollection services, RekeyOptions rekey)
    {
        services.AddSingleton(new DeclaredCustody(rekey.ToCustodians()));
        services.AddSingleton<TaggedCustody>();
        services.AddSingleton<NamedKeys>();
        services.AddSingleton<DeclaredVaults>();
        services.AddSingleton<VaultReadings>();
        services.AddSingleton<GrantedKeys>();
        services.AddSingleton<KeysGrantedBefore>();
        services.AddSingleton<AuditReading>();
        services.AddSingleton<UsedKeys>();
        services.AddSingleton(p => new GradeKeys(
            p.GetRequiredService<IKeyVault>(),
            p.GetRequiredService<VaultReadings>(),
            p.GetRequiredService<TrustLedger>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetService<IAuditLog>() is null ? null : p.GetRequiredService<AuditReading>()
        ));
        services.AddSingleton(p => new FindExposures(
            [
                p.GetRequiredService<DeclaredCustody>(),
                p.GetRequiredService<TaggedCustody>(),
                p.GetRequiredService<NamedKeys>(),
                p.GetRequiredService<GrantedKeys>(),
                p.GetRequiredService<KeysGrantedBefore>(),
                .. p.GetService<IAuditLog>() is null ? (IExposureSource[])[] : [p.GetRequiredService<UsedKeys>()],
            ],
            p.GetRequiredService<GovernedKeys>(),
            p.GetRequiredService<IKeyVault>(),
            p.GetRequiredService<TrustLedger>(),
            p.GetRequiredService<GradeKeys>()
        ));
        services.AddSingleton<IExposedPeople, ExposedPeople>();
        services.AddSingleton<FindExposuresOfDeparture>();
        services.AddSingleton<ChooseResponseMode>();
        services.AddSingleton<PlanResponses>();
        services.AddSingleton<AssessExposure>();
        services.AddSingleton(p => new UsesAfterLeaving(
            p.GetService<IAuditLog>(),
            p.GetRequiredService<GovernedKeys>(),
            rekey.Departures,
            rekey.Rotations,
            p.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<RotateAgain>();
        services.AddSingleton<LookAgain>();
        services.AddSingleton<ReadExposure>();
        AddWatch(services);
    }

    /// <summary>Registers the watch over people who have left. Without an audit log it does nothing.</summary>
    private static void AddWatch(IServiceCollection services)
    {
        services.AddSingleton(p => new WatchLogs(
            p.GetService<IAuditLog>(),
            p.GetRequiredService<IFindings>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<AnswerUses>();
        services.AddSingleton<JudgeActs>();
        services.AddSingleton<WhatRemains>();
        AddDecisionHandler<EndWatch>(services);
        services.AddSingleton(p => new BeginWatch(
            p.GetRequiredService<IRecords<Person>>(),
            new(
                p.GetService<IAuditLog>()!,
                p.GetRequiredService<GovernedKeys>(),
                p.GetRequiredService<ExposureOptions>(),
                p.GetRequiredService<TimeProvider>()
            ),
            p.GetRequiredService<WatchLogs>(),
            p.GetRequiredService<DepartureOptions>()
        ));
        services.AddSingleton<WatchDeparted>();
    }

    private static void AddRotations(IServiceCollection services)
    {
        services.AddSingleton<SeenLedger>();
        services.AddSingleton<SignTrustList>();
        services.AddSingleton<AcceptLedger>();
        AddDecisionHandler<PublishTrust>(services);
        services.AddSingleton<MakeTrustList>();
        AddDecisionHandler<TakeBaselines>(services);
        services.AddSingleton<RotationHints>();
        services.AddSingleton<RotationQuestions>();
        services.AddSingleton<PlanRotation>();
        services.AddSingleton<ReadBrake>();
        services.AddSingleton<RotateByAge>();
        services.AddSingleton<SettleDecisions>();
        services.AddSingleton<TokensOfKeys>();
        services.AddSingleton<EndedTokens>();
        services.AddSingleton<ObservedResponses>();
        services.AddSingleton<CloseQuietFindings>();
        services.AddSingleton<AcknowledgeFinding>();
        AddDecisionHandler<ResumeDueRotations>(services);
        services.AddSingleton<CreateVersion>();
        services.AddSingleton<AnnounceVersion>();
        services.AddSingleton<StopSigning>();
        services.AddSingleton<OldVersionUse>();
        services.AddSingleton<DrainVersions>();
        services.AddSingleton<EndTrust>();
        services.AddSingleton<ContainWithoutSuccessor>();
        services.AddSingleton<RetireVersions>();
        services.AddSingleton<VerifyVault>();
        services.AddSingleton<VerifyJwks>();
        services.AddSingleton<VerifyRotation>();
        services.AddSingleton<CloseCancelled>();
        services.AddSingleton<MarkRotationStuck>();
        services.AddSingleton<RotationSteps>();
        services.AddSingleton<RotationLeases>();
        services.AddSingleton<AdvanceRotation>();
        services.AddSingleton<CancelRotation>();
    }

    private static void AddBlocking(IServiceCollection services)
    {
        services.AddSingleton<BlockProposals>();
        services.AddSingleton<SignBlocklist>();
        services.AddSingleton<ReadBlocklist>();
        services.AddSingleton<AcceptLedgerForBlocklist>();
        services.AddSingleton<AskToAcceptForBlocklist>();
        AddDecisionHandler<PublishBlocklist>(services);
        services.AddSingleton<IBlocklist, ChangeBlocklist>();
        services.AddSingleton<DropSuperfluousBlocks>();
        services.AddSingleton<ProposeBlock>();
        AddDecisionHandler<CarryOutBlocks>(services);
        services.AddSingleton<KeepBlocklist>();
    }

    /// <summary>Registers the watchdog. Each regular task registers a <see cref="RegularRun"/> and reports to
    /// <see cref="RunLedger"/>.</summary>
    private static void AddWatchdog(IServiceCollection services, RekeyOptions rekey, bool hasAuditLog)
    {
        if (hasAuditLog)
        {
            services.AddSingleton(
                new RegularRun(
                    RunLedger.Watch,
                    TimeSpan.FromHours(3),
                    "Reading what people who have left do is overdue: Rekey does not see that they use keys or sign in.",
                    WatchDepartedFunction.Name
                )
            );
        }

        services.AddSingleton(
            new RegularRun(
                RunLedger.Vaults,
                TimeSpan.FromHours(2),
                "Reading the governed vaults is overdue: Rekey does not see new key versions there.",
                "PublishTrust"
            )
        );
        if (rekey.Departures.Feed.PartnerTopicId.Length > 0)
        {
            services.AddSingleton(
                new RegularRun(
                    RunLedger.Feed,
                    rekey.Departures.Feed.RenewAfter,
                    "Looking after the Graph subscription is overdue: if it ends, Rekey notices no departures by events.",
                    "RenewSubscription"
                )
            );
        }

        services.AddSingleton(
            new RegularRun(
                RunLedger.Accounts,
                TimeSpan.FromHours(3),
                "Comparing the accounts of the directory is overdue: Rekey does not find departures of which no event came.",
                "ReconcileDepartures"
            )
        );
        if (rekey.VaultAccess.ToDeclaration() is not null)
        {
            services.AddSingleton(
                new RegularRun(
                    RunLedger.VaultAccess,
                    rekey.VaultAccess.OverdueAfter,
                    "The sweep of access to the declared vaults is overdue: Rekey does not see new grants.",
                    "SweepVaultAccess"
                )
            );
        }

        services.AddSingleton(p => ActivatorUtilities.CreateInstance<LateResponses>(p, rekey.ToCustodians()));
        services.AddSingleton<Watchdog>();
    }

    private static void AddVaultAccess(IServiceCollection services, Settings settings)
    {
        services.AddVaultAccess(settings.Azure, settings.Rekey.VaultAccess.RemoverClientId is { Length: > 0 } remover ? remover : null);
        services.AddSingleton(settings.Rekey.VaultAccess);
        services.AddSingleton<ReadVaultAccess>();
        // Who held which key is evidence: a writer of the state account must not make it forgotten.
        services.AddSingleton<IHashedRecords<CustodyRecord>>(p => new HashedRecords<CustodyRecord>(
            p.GetRequiredService<IRecords<RecordHash>>(),
            p.GetRequiredKeyedService<IHintRows<HashedRow>>(Rekey.Azure.Hosting.ServiceCollectionExtensions.EvidenceAccount)
        ));
        services.AddSingleton<CustodyRecords>();
        services.AddSingleton<RemoveGrants>();
        services.AddSingleton<ICutOffPeople, CutOffPeople>();
        services.AddSingleton<VaultStandings>();
        services.AddSingleton<SweepVault>();
        AddDecisionHandler<SweepVaultAccess>(services);
    }
}
