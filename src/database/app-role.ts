/**
 * The database role that requests run as. It owns nothing: it can add to the audit trail through one function and change nothing in it,
 * whatever a bug or an injection makes it say (RULES S2, SECURITY P4). Made by the migrations, which run as the owner of the tables.
 */
export const APP_ROLE = 'clinic_app'

/** Startup option of a connection that takes on the role. */
export const AS_APP_ROLE = `-c role=${APP_ROLE}`
