using Rekey.Exposures.Grades;
using Rekey.Rotations;
using Rekey.Rotations.Tokens;

namespace Rekey.Exposures.Previews;

/// <summary>What would happen to one key if a person left now.</summary>
/// <param name="Urgency">How urgent its rotation would be.</param>
/// <param name="LiveTokens">The live tokens that it has signed. An immediate rotation ends them.</param>
/// <param name="ForgottenAt">When every verifier would have forgotten the old versions.</param>
public sealed record PreviewedKey(
    string KeyId,
    IReadOnlyList<ExposureReason> Reasons,
    KeyGrade Grade,
    Urgency Urgency,
    LiveTokenCount LiveTokens,
    DateTimeOffset ForgottenAt
);
