using Rekey.AspNetCore.Tokens;

namespace Rekey.AspNetCore.AccessLogs.Rows;

/// <summary>A token that the gateway accepted, with the columns of the view <c>GatewayAccess</c>.</summary>
internal sealed class AcceptedRow(AcceptedToken token, RowCaller caller) : GatewayRow
{
    public const string Name = "GatewayAccess";

    public override string Stream => Name;

    /// <summary>The status of the reply; null when the caller left before there was one.</summary>
    public long? StatusCode { get; set; }

    public override IReadOnlyList<KeyValuePair<string, object?>> Columns =>
        [
            new("TimeGenerated", TimeGenerated),
            new("Iss", token.Facts.Issuer),
            new("Jti", token.Facts.Jti),
            new("Kid", token.Facts.Kid),
            new("Sub", token.Facts.Subject),
            new("Aud", token.AudienceText),
            new("IssuedAt", token.Facts.IssuedAt),
            new("ExpiresAt", token.ExpiresAt),
            new("SigningInputSha256", token.Facts.SigningInputSha256),
            new("KeyThumbprint", token.Thumbprint),
            new("SignatureVerified", true),
            new("SealState", null),
            new("SrcIpAddr", caller.Address),
            new("UserAgent", caller.UserAgent),
            new("Path", caller.Path),
            new("StatusCode", StatusCode),
            new("Gateway", Gateway),
        ];
}
