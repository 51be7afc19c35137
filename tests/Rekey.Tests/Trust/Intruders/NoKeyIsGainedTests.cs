using System.Globalization;
using CsCheck;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.Support;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>
/// Whatever somebody writes into tables, queues, documents and vaults: what Rekey publishes may lose keys, and never gains one that an
/// approver did not review and Rekey did not make (T9).
/// </summary>
public sealed class NoKeyIsGainedTests
{
    [Fact]
    public void No_change_of_a_table_a_document_a_message_or_a_vault_adds_a_key() =>
        Gen.Int[0, 1 << 24].Array[5, 30].Sample(steps => RunAsync(steps).GetAwaiter().GetResult(), iter: Runs.Of(40), threads: 1);

    private static async Task RunAsync(int[] steps)
    {
        var story = await Story.BeginAsync();
        foreach (var step in steps)
        {
            await story.StepAsync(new Random(step));
            story.MustHold();
        }
    }

    /// <summary>An estate with two issuers and a history that goes on; a third key is governed from some time on.</summary>
    private sealed class Story(Company company)
    {
        private readonly List<string> _told = [];

        /// <summary>What an approver has read and approved: key and thumbprint. Kept here, outside of everything that can be
        /// altered.</summary>
        private readonly HashSet<(string KeyId, string Thumbprint)> _reviewed = [];

        /// <summary>What the company had before the intruder came.</summary>
        private readonly HashSet<string> _honest = new(StringComparer.Ordinal);

        public static async Task<Story> BeginAsync()
        {
            var company = Company.Found(keys: 3, o =>
            {
                o.Issuers.Add(
                    new()
                    {
                        Name = "partners",
                        Issuer = "https://partners.example",
                        Audiences = ["shop"],
                        PublicJwksUri = PublicAddress.Of("partners"),
                    }
                );
                o.Keys[1].Issuer = "partners";
            });
            var story = new Story(company);
            story._honest.UnionWith(company.GovernedKeys.Keys.Select(b => company.Vault.Newest(b.Key).Public.PublicKey.Thumbprint));
            company.Options.Keys.RemoveAt(2);
            await story.TickAsync();
            await story.AnswerAsync(new Random(0));
            await story.TickAsync();
            Assert.Equal(2, company.TrustList.Keys.Count);
            company.Clock.Advance(TimeSpan.FromHours(1));
            return story;
        }

        public async Task StepAsync(Random random)
        {
            var what = random.Next(12);
            _told.Add(
                what switch
                {
                    0 => await DoAsync("somebody leaves", () =>
                        company
                            .NewProcess()
                            .LeavesAsync(
                                random.Next(2) == 0 ? Company.Leaver : Company.OtherLeaver,
                                hostile: random.Next(2) == 0,
                                eventId: $"{random.Next()}"
                            )
                    ),
                    1 => await DoAsync("a key grows old", () =>
                        company
                            .NewProcess()
                            .Plan.PlanAsync(
                                new(company.Key, $"age/{random.Next()}", Urgency.Graceful, company.Now, "Old.", [], OnExpiry.Lapse),
                                (ResponseMode)random.Next(3),
                                default
                            )
                    ),
                    2 => await DoAsync("time passes", () => PassAsync(TimeSpan.FromMinutes(random.Next(1, 120)))),
                    3 or 4 => await DoAsync("rotations go on", RotateAsync),
                    5 => await DoAsync("an approver answers", () => AnswerAsync(random)),
                    6 => Adopt(),
                    _ => await new Intruder(company, random).ActAsync(),
                }
            );
            await TickAsync();
        }

        public void MustHold()
        {
            var story = string.Join('\n', _told);
            var (list, trust) = (company.TrustList, company.Options.Trust);
            var revocations = company
                .VerifiedLedger()
                .Where(l => l.Entry.Kind == LedgerKinds.TrustEnded)
                .DistinctBy(l => l.Entry.Facts["thumbprint"])
                .ToList();
            var ended = revocations.Select(l => l.Entry.Facts["thumbprint"]).ToHashSet(StringComparer.Ordinal);
            var lately = revocations
                .Where(l => company.Now < l.At + trust.VerifierCacheTime + trust.MaxTokenLifetime + trust.ClockSkew)
                .Select(l => l.Entry.Facts["thumbprint"]);
            foreach (var entry in list.Keys)
            {
                Assert.True(
                    _reviewed.Contains((entry.KeyId, entry.Thumbprint)) || company.Vault.Made.Contains((entry.KeyId, entry.Thumbprint)),
                    $"{entry.KeyId} gained {entry.Thumbprint}.\n{story}"
                );
                Assert.True(
                    entry.PublicKey.Thumbprint == entry.Thumbprint
                        && company.GovernedKeys.Find(entry.KeyId).Issuer.Name == entry.IssuerName,
                    $"{entry.KeyId} stands for what it is not.\n{story}"
                );
                Assert.False(ended.Contains(entry.Thumbprint), $"{entry.KeyId} got {entry.Thumbprint} back.\n{story}");
            }

            Assert.True(lately.ToHashSet().SetEquals(list.Revoked), $"The revocations are not those on record.\n{story}");
            var numbers = company
                .Container.Written.Where(w => w.Name == TrustDocuments.TrustListName)
                .Select(w => Number(w.Document))
                .ToList();
            Assert.True(
                numbers.SequenceEqual(numbers.Distinct().Order()) && numbers[^1] == list.Sequence,
                $"The numbers {string.Join(' ', numbers)} do not rise to {list.Sequence}.\n{story}"
            );
        }

        private static long Number(Document document) => TrustDocuments.Read(StrictPayload(document)).Sequence;

        private static byte[] StrictPayload(Document document) =>
            System.Buffers.Text.Base64Url.DecodeFromChars(System.Text.Encoding.ASCII.GetString(document.Content.Span).Split('.')[1]);

        private static async Task<string> DoAsync(string what, Func<Task> act)
        {
            try
            {
                await act();
            }
            catch (Exception e) when (e is RetryLaterException or CannotContinueException)
            {
                return $"{what}: {e.Message}";
            }

            return what;
        }

        /// <summary>The two timers that publish. That a vault or a table is in disorder never keeps the list from going out.</summary>
        private async Task TickAsync()
        {
            var process = company.NewProcess();
            await DoAsync("meet", () => process.TakeBaselines.RunAsync(default));
            await process.Publish.PublishAsync(default);
        }

        private Task PassAsync(TimeSpan time)
        {
            company.Clock.Advance(time);
            return Task.CompletedTask;
        }

        private async Task RotateAsync()
        {
            var process = company.NewProcess();
            await DoAsync("departures", () => process.ResumeDepartures.RunAsync(default));
            await DoAsync("rotations", () => process.ResumeDueRotations.RunAsync(default));
            foreach (var message in company.Queues.Messages.Distinct().ToList())
            {
                company.Queues.Messages.RemoveAll(m => m == message);
                await DoAsync(message.Id, async () =>
                {
                    Task work =
                        message.Queue == "rotations"
                            ? process.Advance.AdvanceAsync(message.Id, default)
                            : process.Assess.AssessAsync(message.Id, default);
                    await work;
                });
            }
        }

        /// <summary>Reads what the questions say, and approves a baseline only when it shows nothing but what the company had.</summary>
        private async Task AnswerAsync(Random random)
        {
            foreach (var decision in company.Decisions.All.Where(d => d.StateAt(company.Now) is DecisionState.Pending))
            {
                var shown = decision
                    .Statement.Split([' ', ';'], StringSplitOptions.RemoveEmptyEntries)
                    .Select(w => w.TrimEnd('.'))
                    .ToList();
                var versions =
                    decision.Kind == DecisionKinds.Baseline
                        ? shown
                            .Select((word, at) => (word, at))
                            .Where(w => w.word.Length == 43 && w.at >= 2)
                            .Select(w => (KeyId: shown[w.at - 2], Thumbprint: w.word))
                            .ToList()
                        : [];
                var yes =
                    decision.Kind == DecisionKinds.Baseline
                        ? versions.All(v => _honest.Contains(v.Thumbprint) || company.Vault.Made.Contains(v))
                        : random.Next(2) == 0;
                AnswerRefusal? refusal = null;
                await DoAsync("answer", async () => refusal = (await company.NewProcess().SayAsync(decision, yes)).Refusal);
                if (yes && refusal is null)
                {
                    // Also when what follows from the answer failed: it was given, and stands.
                    _reviewed.UnionWith(versions);
                }
            }
        }

        private string Adopt()
        {
            if (company.Options.Keys.Count == 2)
            {
                company.Options.Keys.Add(
                    new()
                    {
                        VaultUri = company.Options.Keys[0].VaultUri,
                        Name = "issuer-3",
                        Issuer = "login",
                    }
                );
            }

            return string.Create(CultureInfo.InvariantCulture, $"{company.Options.Keys.Count} keys are governed");
        }
    }
}
