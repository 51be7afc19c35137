using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Rekey.Local.Faults;
using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Operations;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.Tls;

namespace Rekey.Local.KeyVault.Server;

/// <summary>
/// The steps of every call: authentication, authorization, injected faults, the work, the audit record, the answer. The record is written
/// before the answer, so that a caller who has the answer finds the record.
/// </summary>
internal sealed class VaultRequestPipeline(
    KeyVaultOptions options,
    IdentityServer identity,
    VaultGrants grants,
    FaultInjector faults,
    AuditLog audit,
    KeyBodies bodies
)
{
    private const string ServiceVersion = "1.9.0.0";

    public async Task RunAsync(HttpContext http, VaultOperation operation, Func<VaultCall, Task<VaultResponse>> work)
    {
        var arrived = options.Time.GetUtcNow();
        var started = options.Time.GetTimestamp();
        var call = new VaultCall(http, operation);
        var correlationId = WriteHeaders(http);
        VaultResponse? reply = null;
        VaultException? refusal = null;
        var drop = false;
        try
        {
            call.Caller = await AuthenticateAsync(http);
            CheckApiVersion(http);
            Authorize(call);
            drop = await faults.StrikeAsync(FaultMoment.Before, operation.Name, call.Name, call.Aborted);
            if (!drop)
            {
                reply = await work(call);
                drop = await faults.StrikeAsync(FaultMoment.After, operation.Name, call.Name, call.Aborted);
            }
        }
        catch (VaultException e)
        {
            refusal = e;
        }
        catch (InjectedFailureException e)
        {
            refusal = VaultException.Injected(e.Failure);
        }
        catch (OperationCanceledException) when (call.Aborted.IsCancellationRequested)
        {
            drop = true; // the caller has gone; what was done stays done
        }
        catch (BadHttpRequestException e)
        {
            refusal = VaultException.BadParameter(e.Message);
        }

        var status = refusal?.Status ?? reply?.Status ?? StatusCodes.Status499ClientClosedRequest;
        audit.Add(
            ToRecord(http, call, arrived, options.Time.GetElapsedTime(started), status, refusal?.Message ?? string.Empty, correlationId)
        );

        if (drop)
        {
            http.Abort();
        }
        else if (refusal is not null)
        {
            await RefuseAsync(http.Response, refusal);
        }
        else
        {
            await Wire.WriteAsync(http.Response, reply!.Status, reply.Body);
        }
    }

    private static string WriteHeaders(HttpContext http)
    {
        var given = http.Request.Headers["x-ms-client-request-id"].ToString();
        var requestId = Guid.NewGuid().ToString();
        var headers = http.Response.Headers;
        headers["x-ms-request-id"] = requestId;
        if (Guid.TryParse(given, out var clientId))
        {
            headers["x-ms-client-request-id"] = clientId.ToString();
        }

        headers["x-ms-keyvault-region"] = "local";
        headers["x-ms-keyvault-service-version"] = ServiceVersion;
        headers["x-ms-keyvault-network-info"] = "conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;";
        headers.CacheControl = "no-cache";
        headers.StrictTransportSecurity = "max-age=31536000;includeSubDomains";
        return Guid.TryParse(given, out var own) ? own.ToString() : requestId;
    }

    private static void CheckApiVersion(HttpContext http)
    {
        if (http.Request.Query["api-version"].ToString().Length == 0)
        {
            throw VaultException.BadParameter("api-version must be specified");
        }
    }

    private static async Task RefuseAsync(HttpResponse response, VaultException refusal)
    {
        if (refusal.Challenge is not null)
        {
            response.Headers.WWWAuthenticate = refusal.Challenge;
        }

        if (refusal.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString();
        }

        await Wire.WriteAsync(response, refusal.Status, refusal.ToBody());
    }

    private async Task<Caller> AuthenticateAsync(HttpContext http)
    {
        var verdict = await identity.Validator.ValidateHeaderAsync(http.Request.Headers.Authorization, Audiences.KeyVault);
        return verdict.Caller
            ?? throw new VaultException(
                401,
                "Unauthorized",
                verdict.Flaw switch
                {
                    TokenFlaw.Missing => "AKV10000: Request is missing a Bearer or PoP token.",
                    TokenFlaw.WrongAudience => $"AKV10022: Invalid audience. Expected {Audiences.KeyVault}.",
                    TokenFlaw.WrongIssuer => "AKV10032: Invalid issuer.",
                    TokenFlaw.Expired => "[TokenExpired] Error validating token: the lifetime of the token is over or has not begun.",
                    _ => "[BearerReadAccessTokenFailed] Error validating token: it is malformed or its signature does not hold.",
                }
            )
            {
                Challenge = $"Bearer authorization=\"{identity.TenantAuthority}\", resource=\"{Audiences.KeyVault}\"",
            };
    }

    private void Authorize(VaultCall call)
    {
        var caller = call.Caller!;
        if (call.Operation.IsGrantedBy(grants.Held(caller.ObjectId, call.Name), options.PermissionModel))
        {
            call.IsAuthorized = true;
            return;
        }

        var who = $"appid={caller.AppId};oid={caller.ObjectId};iss={caller.Issuer}";
        if (options.PermissionModel == VaultPermissionModel.AccessPolicies)
        {
            throw VaultException.Forbidden(
                $"The user, group or application '{who}' does not have keys {call.Operation.PolicyPermission} permission "
                    + $"on key vault '{options.Name};location=local'. "
                    + "For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287",
                "ForbiddenByPolicy"
            );
        }

        var resource =
            $"{KeyVaultServer.ResourceIdOf(options)}{(call.Name is null ? string.Empty : "/keys/" + call.Name)}".ToLowerInvariant();
        throw VaultException.Forbidden(
            "Caller is not authorized to perform action on resource.\r\n"
                + "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\n"
                + $"Caller: {who}\r\nAction: '{call.Operation.DataAction}'\r\nResource: '{resource}'\r\n"
                + "Assignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: 'DeniedWithNoValidRBAC' \r\n"
                + $"Vault: {options.Name};location=local\r\n",
            "ForbiddenByRbac"
        );
    }

    private AuditRecord ToRecord(
        HttpContext http,
        VaultCall call,
        DateTimeOffset arrived,
        TimeSpan took,
        int status,
        string description,
        string correlationId
    )
    {
        var request = http.Request;
        var keyId = call.KeyId ?? (call.Name is null ? null : bodies.KeyId(call.Name));
        return new AuditRecord(
            arrived,
            call.Caller is null ? "Authentication" : call.Operation.Name,
            keyId,
            call.Caller?.ObjectId,
            call.Caller?.AppId,
            status,
            status switch
            {
                401 => "Unauthorized",
                _ => ReasonPhrases.GetReasonPhrase(status),
            },
            description,
            correlationId,
            $"https://{request.Host}{request.Path}{request.QueryString}",
            request.Query["api-version"].ToString(),
            request.Headers.UserAgent.ToString(),
            (http.Connection.RemoteIpAddress ?? IPAddress.Loopback).ToString(),
            took,
            call.IsAuthorized
        );
    }
}
