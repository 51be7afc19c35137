using Microsoft.AspNetCore.Mvc;
using Rekey.Exposures.Custodians;
using Rekey.Functions.Rotations;
using Rekey.Functions.Security;
using Rekey.Functions.Trust.Views;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.Lists;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Trust;

/// <summary>
/// HTTP: lists the governed keys with their versions, trust windows, custodians and last rotation. It shows what the ledger
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
    private const int VersionsShown = 100;
    private const string Person = "6f0d8a4e-5a54-4b5e-9d1c-2f3a4b5c6d7e";

    [Function("ListKeys"), Authorize(Roles = Roles.Viewers), Paged]
    [ProducesResponseType<KeyPage>(StatusCodes.Status200OK)]
    [Query("issuer", "The name of an issuer: only its keys.", Example = "shop")]
    [Query("custodian", "The object id of a person: only the keys whose declared custodian they are.", Example = Person)]
    [Query("key", "The id of a key, or its name: only this key.", Example = "shop")]
    [Problem(400, "unknown-issuer")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "keys")] HttpRequest request)
    {
        var list = new ListRequest(request);
        var (issuer, custodian, key) = (list.Text("issuer"), list.Text("custodian"), list.Text("key"));
        if (issuer is not null && !governedKeys.Issuers.Any(i => i.Name == issuer))
        {
            throw new BadInputException(
                "unknown-issuer",
                $"There is no issuer of this name. The issuers are {string.Join(", ", governedKeys.Issuers.Take(20).Select(i => i.Name))}."
            );
        }

        var (page, next) = list.Page(
            governedKeys
                .Keys.Where(k => issuer is null || k.Issuer.Name == issuer)
                .Where(k => custodian is null || custody.Of(k.Key.Id).Contains(custodian, StringComparer.OrdinalIgnoreCase))
                .Where(k => key is null || KeyFilter.Names(k.Key, key)),
            k => k.Key.Id
        );
        var (now, cancel) = (timeProvider.GetUtcNow(), request.HttpContext.RequestAborted);
        var history = await trustLedger.ReadAsync(cancel);
        var known = (await rotations.ReadAsync(Rotation.Live, cancel)).ToDictionary(
            r => r.Value.Key.Id,
            r => r.Value,
            StringComparer.Ordinal
        );
        return Results.Json(new KeyPage(page.Select(k => Of(k, history, known.GetValueOrDefault(k.Key.Id), now)), next));
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
