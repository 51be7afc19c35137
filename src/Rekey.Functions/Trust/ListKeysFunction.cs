using Microsoft.AspNetCore.Mvc;
using Rekey.Exposures;
using Rekey.Functions.Rotations;
using Rekey.Functions.Security;
using Rekey.Functions.Trust.Views;
using Rekey.Functions.Wire;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Trust;

/// <summary>
/// HTTP: lists the governed keys with their versions, trust windows, custodians and last rotation, 200 a page. It shows what the ledger
/// has, and no row.
/// </summary>
public sealed class ListKeysFunction(
    GovernedKeys governedKeys,
    TrustLedger trustLedger,
    ILedgerRecords<Rotation> rotations,
    DeclaredCustody custody,
    TrustOptions trust,
    TimeProvider timeProvider
)
{
    private const int PageSize = 200;
    private const int VersionsShown = 100;

    [Function("ListKeys"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<KeyPage>(StatusCodes.Status200OK)]
    [Query("issuer", "The name of an issuer: only its keys.")]
    [Query("custodian", "The object id of a person: only the keys whose declared custodian they are.")]
    [Query("after", "The `next` of the previous page.")]
    [Problem(400, "unknown-issuer")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "keys")] HttpRequest request)
    {
        var (issuer, custodian) = ((string?)request.Query["issuer"], (string?)request.Query["custodian"]);
        var after = (string?)request.Query["after"];
        if (issuer is not null && !governedKeys.Issuers.Any(i => i.Name == issuer))
        {
            throw new BadInputException(
                "unknown-issuer",
                $"There is no issuer of this name. The issuers are {string.Join(", ", governedKeys.Issuers.Take(20).Select(i => i.Name))}."
            );
        }

        var page = governedKeys
            .Keys.Where(k => issuer is null || k.Issuer.Name == issuer)
            .Where(k => custodian is null || custody.Of(k.Key.Id).Contains(custodian, StringComparer.OrdinalIgnoreCase))
            .Where(k => after is null || string.CompareOrdinal(k.Key.Id, after) > 0)
            .OrderBy(k => k.Key.Id, StringComparer.Ordinal)
            .Take(PageSize)
            .ToList();
        var (now, cancel) = (timeProvider.GetUtcNow(), request.HttpContext.RequestAborted);
        var history = await trustLedger.ReadAsync(cancel);
        var known = (await rotations.ReadAsync(Rotation.Live, cancel)).ToDictionary(
            r => r.Value.Key.Id,
            r => r.Value,
            StringComparer.Ordinal
        );
        return Results.Json(
            new KeyPage(
                page.Select(k => Of(k, history, known.GetValueOrDefault(k.Key.Id), now)),
                page.Count == PageSize ? page[^1].Key.Id : null
            )
        );
    }

    private KeyView Of(BoundKey bound, TrustHistory history, Rotation? rotation, DateTimeOffset now)
    {
        var current = history.CurrentOf(bound.Key.Id, now);
        return new(
            bound.Key.Id,
            bound.Issuer.Name,
            history.HasBaseline(bound.Key.Id),
            custody.Of(bound.Key.Id),
            [
                .. history
                    .VersionsOf(bound.Key.Id)
                    .OrderByDescending(v => v.TrustedFrom)
                    .Take(VersionsShown)
                    .Select(v => KeyVersionView.Of(v, current, history, rotation, trust, now)),
            ],
            rotation is null ? null : RotationView.Of(rotation, trust)
        );
    }
}
