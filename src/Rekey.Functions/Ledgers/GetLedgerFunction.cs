using Microsoft.AspNetCore.Mvc;
using Rekey.Functions.Security;
using Rekey.Ledgers;

namespace Rekey.Functions.Ledgers;

/// <summary>HTTP: gives the number and hash of the last line of the ledger.</summary>
public sealed class GetLedgerFunction(ILedger ledger)
{
    [Function("GetLedger"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<LedgerHead>(StatusCodes.Status200OK)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ledger")] HttpRequest request) =>
        Results.Json(await ledger.HeadAsync(request.HttpContext.RequestAborted));
}
